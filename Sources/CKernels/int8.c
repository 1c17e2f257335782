#include "CKernels.h"

#if defined(__x86_64__)

#include "epilogue.h"
#include "tile.h"

#define VNNI AVX512 ",avx512vnni"

DEFINE_TILE(int8_tile, VNNI, __m512i, STEP_INT8)

// Scales, bias and activation on a tile's sums, and where they go.
__attribute__((target(VNNI))) ALWAYS_INLINE void finish(
    const tile_place *place, const clipseg_int8_layer *layer, const float *row_scales, const __m512i sums[],
    clipseg_activation activation, clipseg_result kind) {
    size_t vectors = place->width / LANES;
    for (size_t j = 0; j < vectors; j++) {
        size_t column = place->column + j * LANES;
        __mmask16 lanes = lanes_within(layer->columns - place->column, j);
        __m512 scales = _mm512_maskz_loadu_ps(lanes, layer->scales + column);
        __m512 bias = layer->bias ? _mm512_maskz_loadu_ps(lanes, layer->bias + column) : _mm512_setzero_ps();
        for (size_t i = 0; i < place->height; i++) {
            __m512 factors = _mm512_mul_ps(scales, _mm512_set1_ps(row_scales[i]));
            __m512 value = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[i * vectors + j]), factors, bias);
            put(place, i, column, lanes, activate(value, activation), kind);
        }
    }
}

// Weights have 128 added, since the instruction wants one operand unsigned: 128 times this must be taken off again.
__attribute__((target(VNNI))) static int32_t row_sum(const int8_t *row, size_t count) {
    __m512i sums = _mm512_setzero_si512();
    int32_t rest = 0;
    size_t at = 0;
    for (; at + VECTOR <= count; at += VECTOR)
        sums = _mm512_dpbusd_epi32(sums, _mm512_set1_epi8(1), _mm512_loadu_si512(row + at));
    for (; at < count; at++) rest += row[at];
    return _mm512_reduce_add_epi32(sums) + rest;
}

// Functions of their own, so that nothing else competes for registers.
#define DEFINE_SUM_UP(NAME, VECTORS)                                                                            \
    __attribute__((target(VNNI), noinline)) static void NAME(                                                   \
        const tile_rows *rows, size_t bytes, const char *panel, const int32_t starts[TILE_ROWS],                \
        __m512i results[]) {                                                                                    \
        __m512i sums[TILE_ROWS][PANEL_VECTORS];                                                                 \
        UNROLL for (int i = 0; i < TILE_ROWS; i++)                                                              \
            UNROLL for (int j = 0; j < VECTORS; j++) sums[i][j] = _mm512_set1_epi32(starts[i]);                 \
        int8_tile(rows, bytes, panel, VECTORS, sums);                                                           \
        UNROLL for (int i = 0; i < TILE_ROWS; i++)                                                              \
            UNROLL for (int j = 0; j < VECTORS; j++) results[i * VECTORS + j] = sums[i][j];                     \
    }
DEFINE_SUM_UP(sum_up_1, 1)
DEFINE_SUM_UP(sum_up_2, 2)
DEFINE_SUM_UP(sum_up_4, 4)

// As many rows as stay in the second-level cache, with their results, while all columns pass by.
enum { BLOCK_ROWS = 6 * TILE_ROWS };

__attribute__((target(VNNI))) static void multiply_block(
    const clipseg_int8_layer *layer, const int8_t *source, const float *row_scales, size_t rows,
    clipseg_activation activation, clipseg_result kind, char *result, size_t result_stride) {
    int32_t starts[BLOCK_ROWS] = {};
    for (size_t i = 0; i < rows; i++) starts[i] = -128 * row_sum(source + i * layer->inner, layer->inner);
    size_t width = clipseg_panel_columns(layer->columns);
    size_t panel_size = clipseg_panels_size(width, layer->inner);
    const char *panel = layer->panels;
    for (size_t column = 0; column < layer->columns; column += width, panel += panel_size)
        for (size_t first = 0; first < rows; first += TILE_ROWS) {
            size_t height = rows - first < TILE_ROWS ? rows - first : TILE_ROWS;
            tile_rows tile = tile_rows_at(source + first * layer->inner, layer->inner, height);
            __m512i sums[TILE_ROWS * PANEL_VECTORS];
            tile_place place = {height, column, width, result + first * result_stride, result_stride};
            if (kind == CLIPSEG_RESULT_ADDED) prefetch_result(&place);
            switch (width) {
            case LANES: sum_up_1(&tile, layer->inner, panel, starts + first, sums); break;
            case 2 * LANES: sum_up_2(&tile, layer->inner, panel, starts + first, sums); break;
            default: sum_up_4(&tile, layer->inner, panel, starts + first, sums); break;
            }
            FINISH_AS(finish, activation, kind, &place, layer, row_scales + first, sums);
        }
}

void clipseg_int8_product(
    const clipseg_int8_layer *layer, const int8_t *source, const float *row_scales, size_t rows,
    clipseg_activation activation, clipseg_result kind, void *result) {
    size_t result_stride = layer->columns * (kind == CLIPSEG_RESULT_BFLOAT16 ? 2 : 4);
    for (size_t first = 0; first < rows; first += BLOCK_ROWS)
        multiply_block(
            layer, source + first * layer->inner, row_scales + first, rows - first < BLOCK_ROWS ? rows - first : BLOCK_ROWS,
            activation, kind, (char *)result + first * result_stride, result_stride);
}

#endif
