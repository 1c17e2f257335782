#include "CKernels.h"
#include "for_each_cpu.h"

#include <stdint.h>
#include <string.h>

// Four vectors of sixteen groups of four bytes: what tile.h calls a panel.
enum { PANEL_COLUMNS = 64, VECTOR_COLUMNS = 16, GROUP = 4 };

static size_t groups_of(size_t row_bytes) { return (row_bytes + GROUP - 1) / GROUP; }

size_t clipseg_panel_columns(size_t columns) {
    for (size_t width = VECTOR_COLUMNS; width < PANEL_COLUMNS; width *= 2)
        if (columns <= width) return width;
    return PANEL_COLUMNS;
}

size_t clipseg_panels_size(size_t columns, size_t row_bytes) {
    size_t width = clipseg_panel_columns(columns);
    return (columns + width - 1) / width * width * groups_of(row_bytes) * GROUP;
}

// How many bytes lie between a group of a vector of columns and its next, and between that vector and the next one.
typedef struct strides {
    size_t group, vector;
} strides;

static strides strides_in(clipseg_layout layout, size_t width, size_t row_bytes) {
    enum { VECTOR = VECTOR_COLUMNS * GROUP };
    switch (layout) {
    case CLIPSEG_INTERLEAVED: return (strides){width * GROUP, VECTOR};
    case CLIPSEG_CONSECUTIVE: return (strides){VECTOR, groups_of(row_bytes) * VECTOR};
    }
}

typedef int32_t lanes __attribute__((vector_size(VECTOR_COLUMNS * GROUP)));

// One round of a transposition: vectors i and i + 8 are zipped to vectors 2 i and 2 i + 1. After four, all is transposed.
static inline __attribute__((always_inline)) void zip_halves(const lanes from[], lanes to[]) {
    _Pragma("clang loop unroll(full)") for (int i = 0; i < VECTOR_COLUMNS / 2; i++) {
        to[2 * i] = __builtin_shufflevector(
            from[i], from[i + 8], 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        to[2 * i + 1] = __builtin_shufflevector(
            from[i], from[i + 8], 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    }
}

// Sixteen columns, as many groups of each as fill whole vectors. Returns how many bytes of each column are done.
FOR_EACH_CPU
static size_t pack_squares(const char *columns, size_t stride, size_t row_bytes, char *panel, size_t group_stride) {
    size_t at = 0;
    for (; at + sizeof(lanes) <= row_bytes; at += sizeof(lanes)) {
        lanes even[VECTOR_COLUMNS], odd[VECTOR_COLUMNS];
        for (size_t column = 0; column < VECTOR_COLUMNS; column++)
            memcpy(&even[column], columns + column * stride + at, sizeof(lanes));
        zip_halves(even, odd);
        zip_halves(odd, even);
        zip_halves(even, odd);
        zip_halves(odd, even);
        for (size_t group = 0; group < VECTOR_COLUMNS; group++)
            memcpy(panel + (at / GROUP + group) * group_stride, &even[group], sizeof(lanes));
    }
    return at;
}

// Sixteen columns at a time, so that a vector's worth is written one group after the other.
static void pack_vector(
    const char *columns, size_t stride, size_t count, size_t row_bytes, char *panel, size_t group_stride) {
    size_t at = count == VECTOR_COLUMNS ? pack_squares(columns, stride, row_bytes, panel, group_stride) : 0;
    for (; at + GROUP <= row_bytes; at += GROUP)
        for (size_t column = 0; column < count; column++)
            memcpy(panel + at / GROUP * group_stride + column * GROUP, columns + column * stride + at, GROUP);
    size_t rest = row_bytes % GROUP;
    at = row_bytes - rest;
    for (size_t column = 0; rest && column < count; column++)
        memcpy(panel + at / GROUP * group_stride + column * GROUP, columns + column * stride + at, rest);
}

void clipseg_pack_columns(
    const void *columns, size_t stride, size_t count, size_t row_bytes, clipseg_layout layout, void *panels) {
    size_t width = clipseg_panel_columns(count), groups = groups_of(row_bytes);
    strides apart = strides_in(layout, width, row_bytes);
    for (size_t first = 0; first < count; first += width) {
        char *panel = (char *)panels + first * groups * GROUP;
        size_t here = count - first < width ? count - first : width;
        if (here < width || row_bytes % GROUP) memset(panel, 0, width * groups * GROUP);
        for (size_t column = 0; column < here; column += VECTOR_COLUMNS)
            pack_vector(
                (const char *)columns + (first + column) * stride, stride,
                here - column < VECTOR_COLUMNS ? here - column : VECTOR_COLUMNS, row_bytes,
                panel + column / VECTOR_COLUMNS * apart.vector, apart.group);
    }
}

// Two rows of 16-bit elements, zipped.
FOR_EACH_CPU
static void zip_rows(const uint16_t *low, const uint16_t *high, size_t count, uint32_t *target) {
    for (size_t i = 0; i < count; i++) target[i] = low[i] | (uint32_t)high[i] << 16;
}

// A row zipped with zeros.
static void widen_row(const uint16_t *row, size_t count, uint32_t *target) {
    for (size_t i = 0; i < count; i++) target[i] = row[i];
}

// Columns whose groups lie beside each other, of rows of `4 / together` bytes a column.
static void pack_rows(
    const char *rows, size_t stride, size_t count, size_t columns, size_t together, char *panel, size_t group_stride) {
    for (size_t row = 0; row < count; row += together, panel += group_stride) {
        const char *source = rows + row * stride;
        if (together == 1)
            memcpy(panel, source, columns * GROUP);
        else if (row + 1 < count)
            zip_rows((const uint16_t *)source, (const uint16_t *)(source + stride), columns, (uint32_t *)panel);
        else
            widen_row((const uint16_t *)source, columns, (uint32_t *)panel);
    }
}

void clipseg_pack_rows(
    const void *rows, size_t stride, size_t count, size_t columns, size_t element_bytes, clipseg_layout layout,
    void *panels) {
    size_t width = clipseg_panel_columns(columns), together = GROUP / element_bytes;
    size_t groups = groups_of(count * element_bytes);
    strides apart = strides_in(layout, width, count * element_bytes);
    size_t run = layout == CLIPSEG_INTERLEAVED ? width : VECTOR_COLUMNS;
    for (size_t first = 0; first < columns; first += width) {
        char *panel = (char *)panels + first * groups * GROUP;
        size_t here = columns - first < width ? columns - first : width;
        if (here < width) memset(panel, 0, width * groups * GROUP);
        for (size_t column = 0; column < here; column += run, panel += apart.vector)
            pack_rows(
                (const char *)rows + (first + column) * element_bytes, stride, count,
                here - column < run ? here - column : run, together, panel, apart.group);
    }
}

void clipseg_make_unsigned(void *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) ((uint8_t *)bytes)[i] ^= 0x80;
}
