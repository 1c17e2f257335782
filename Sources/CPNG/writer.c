#include "CPNG.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

struct cpng_writer {
    png_structp png;
    png_infop info;
    uint8_t *bytes;
    size_t length;
    size_t capacity;
    bool has_started;
};

static void on_error(png_structp png, png_const_charp message) {
    (void)message;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void on_write(png_structp png, png_bytep source, size_t count) {
    cpng_writer *writer = png_get_io_ptr(png);
    if (count > writer->capacity - writer->length) {
        size_t capacity = 2 * (writer->capacity + count);
        uint8_t *bytes = realloc(writer->bytes, capacity);
        if (bytes == NULL) png_error(png, "out of memory");
        writer->bytes = bytes;
        writer->capacity = capacity;
    }
    memcpy(writer->bytes + writer->length, source, count);
    writer->length += count;
}

static void on_flush(png_structp png) { (void)png; }

static int color_type(cpng_color color) {
    switch (color) {
    case cpng_greyscale: return PNG_COLOR_TYPE_GRAY;
    case cpng_rgb: return PNG_COLOR_TYPE_RGB;
    case cpng_rgba: return PNG_COLOR_TYPE_RGB_ALPHA;
    case cpng_indexed: return PNG_COLOR_TYPE_PALETTE;
    }
}

static void set_compression(png_structp png, cpng_compression compression) {
    switch (compression) {
    case cpng_runs:
        // Looking for runs only takes half the time of looking for any repetition, and the file becomes smaller too.
        png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
        png_set_compression_level(png, 1);
        png_set_compression_strategy(png, Z_RLE);
        return;
    case cpng_smallest:
        png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
        png_set_compression_level(png, 6);
        return;
    case cpng_photograph:
        // They gain from the difference to the row above; trying hard costs four times the time for 3 % of the size.
        png_set_filter(png, PNG_FILTER_TYPE_BASE, PNG_FILTER_UP);
        png_set_compression_level(png, 2);
        return;
    }
}

static void set_palette(png_structp png, png_infop info, const cpng_layout *layout) {
    png_color entries[PNG_MAX_PALETTE_LENGTH];
    for (int i = 0; i < layout->palette_count && i < PNG_MAX_PALETTE_LENGTH; i++) {
        const uint8_t *color = layout->palette + 3 * i;
        entries[i] = (png_color){.red = color[0], .green = color[1], .blue = color[2]};
    }
    png_set_PLTE(png, info, entries, layout->palette_count);
}

static bool write_header(cpng_writer *writer, const cpng_layout *layout) {
    png_structp png = writer->png;
    if (setjmp(png_jmpbuf(png))) return false;

    png_set_write_fn(png, writer, on_write, on_flush);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_IHDR(
        png, writer->info, layout->width, layout->height, layout->bit_depth, color_type(layout->color),
        PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (layout->color == cpng_indexed) set_palette(png, writer->info, layout);
    set_compression(png, layout->compression);
    return true;
}

static void start_rows(cpng_writer *writer) {
    png_write_info(writer->png, writer->info);
    png_set_packing(writer->png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    png_set_swap(writer->png);
#endif
    writer->has_started = true;
}

cpng_writer *cpng_writer_create(cpng_layout layout) {
    cpng_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) return NULL;
    writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    if (writer->png != NULL) writer->info = png_create_info_struct(writer->png);
    if (writer->info == NULL || !write_header(writer, &layout)) {
        cpng_writer_destroy(writer);
        return NULL;
    }
    return writer;
}

void cpng_writer_destroy(cpng_writer *writer) {
    png_destroy_write_struct(&writer->png, &writer->info);
    free(writer->bytes);
    free(writer);
}

cpng_status cpng_writer_add_text(cpng_writer *writer, cpng_text text) {
    if (setjmp(png_jmpbuf(writer->png))) return cpng_out_of_memory;
    png_text chunk = {
        .compression = text.is_ascii ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE,
        // libpng copies all of them, and changes none.
        .key = (char *)text.keyword,
        .text = (char *)text.text,
        .lang = "",
        .lang_key = "",
    };
    png_set_text(writer->png, writer->info, &chunk, 1);
    return cpng_ok;
}

cpng_status cpng_writer_write_row(cpng_writer *writer, const uint8_t *row) {
    if (setjmp(png_jmpbuf(writer->png))) return cpng_out_of_memory;
    if (!writer->has_started) start_rows(writer);
    png_write_row(writer->png, row);
    return cpng_ok;
}

cpng_status cpng_writer_finish(cpng_writer *writer, const uint8_t **file, size_t *length) {
    if (setjmp(png_jmpbuf(writer->png))) return cpng_out_of_memory;
    png_write_end(writer->png, writer->info);
    *file = writer->bytes;
    *length = writer->length;
    return cpng_ok;
}
