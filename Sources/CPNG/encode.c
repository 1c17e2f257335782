#include "CPNG.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    uint8_t *bytes;
    size_t length;
    size_t capacity;
} growing_file;

static void on_error(png_structp png, png_const_charp message) {
    (void)message;
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void on_write(png_structp png, png_bytep source, size_t count) {
    growing_file *file = png_get_io_ptr(png);
    if (count > file->capacity - file->length) {
        size_t capacity = 2 * (file->capacity + count);
        uint8_t *bytes = realloc(file->bytes, capacity);
        if (bytes == NULL) png_error(png, "out of memory");
        file->bytes = bytes;
        file->capacity = capacity;
    }
    memcpy(file->bytes + file->length, source, count);
    file->length += count;
}

static void on_flush(png_structp png) { (void)png; }

static int color_type(cpng_color color) {
    switch (color) {
    case cpng_greyscale: return PNG_COLOR_TYPE_GRAY;
    case cpng_rgb: return PNG_COLOR_TYPE_RGB;
    case cpng_rgba: return PNG_COLOR_TYPE_RGB_ALPHA;
    }
}

static cpng_status write_file(
    png_structp png, png_infop info, const uint8_t *pixels, const cpng_layout *layout, growing_file *file) {
    if (setjmp(png_jmpbuf(png))) return cpng_out_of_memory;

    png_set_write_fn(png, file, on_write, on_flush);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
    png_set_IHDR(
        png, info, layout->width, layout->height, layout->bit_depth, color_type(layout->color), PNG_INTERLACE_NONE,
        PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    // Masks are runs of equal bytes, which deflate packs best unfiltered, and cheaply even when it tries hard.
    // Photographs gain from the difference to the row above; trying hard on them costs four times the time for 3 % of
    // the size.
    bool is_mask = layout->color == cpng_greyscale;
    png_set_filter(png, PNG_FILTER_TYPE_BASE, is_mask ? PNG_FILTER_NONE : PNG_FILTER_UP);
    png_set_compression_level(png, is_mask ? 6 : 2);
    png_write_info(png, info);
    for (uint32_t row = 0; row < layout->height; row++) {
        png_write_row(png, pixels + row * layout->row_bytes);
    }
    png_write_end(png, info);
    return cpng_ok;
}

cpng_status cpng_encode(const uint8_t *pixels, cpng_layout layout, uint8_t **file, size_t *length) {
    growing_file output = {0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, on_error, on_warning);
    png_infop info = png != NULL ? png_create_info_struct(png) : NULL;
    cpng_status status = info != NULL ? write_file(png, info, pixels, &layout, &output) : cpng_out_of_memory;
    png_destroy_write_struct(&png, &info);
    if (status != cpng_ok) {
        free(output.bytes);
        return status;
    }
    *file = output.bytes;
    *length = output.length;
    return cpng_ok;
}

void cpng_free(uint8_t *file) { free(file); }
