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

static bool write_header(cpng_writer *writer, const cpng_layout *layout) {
    png_structp png = writer->png;
    if (setjmp(png_jmpbuf(png))) return false;

    png_set_write_fn(png, writer, on_write, on_flush);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_IHDR(
        png, writer->info, layout->width, layout->height, layout->bit_depth, color_type(layout->color),
        PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    set_compression(png, layout->compression);
    png_write_info(png, writer->info);
    return true;
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

cpng_status cpng_writer_write_row(cpng_writer *writer, const uint8_t *row) {
    if (setjmp(png_jmpbuf(writer->png))) return cpng_out_of_memory;
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
