#include "CPNG.h"

#include <png.h>
#include <stdlib.h>
#include <string.h>

// A chunk may claim or inflate to this much, and this many text chunks are kept: together they bound what metadata
// costs.
enum { max_chunk_bytes = 8 * 1024 * 1024, max_kept_chunks = 16 };

struct cpng_reader {
    png_structp png;
    png_infop info;
    const uint8_t *next;
    size_t remaining;
    cpng_header header;
    cpng_status failure;
    char message[200];
};

static void on_error(png_structp png, png_const_charp message) {
    cpng_reader *reader = png_get_error_ptr(png);
    strncpy(reader->message, message, sizeof reader->message - 1);
    png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void require_remaining(png_structp png, size_t count) {
    cpng_reader *reader = png_get_io_ptr(png);
    if (count <= reader->remaining) return;
    reader->failure = cpng_truncated;
    png_error(png, "unexpected end of file");
}

static void on_read(png_structp png, png_bytep destination, size_t count) {
    cpng_reader *reader = png_get_io_ptr(png);
    require_remaining(png, count);
    memcpy(destination, reader->next, count);
    reader->next += count;
    reader->remaining -= count;
    // libpng allocates and clears as much as a text chunk claims to hold, up to 2 GB, and only warns of too much.
    bool is_chunk_header = (png_get_io_state(png) & PNG_IO_MASK_LOC) == PNG_IO_CHUNK_HDR && count == 8;
    if (is_chunk_header) require_remaining(png, png_get_uint_32(destination));
}

cpng_reader *cpng_reader_create(const uint8_t *bytes, size_t length) {
    cpng_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) return NULL;
    reader->next = bytes;
    reader->remaining = length;
    reader->failure = cpng_corrupt;
    reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, on_error, on_warning);
    if (reader->png != NULL) reader->info = png_create_info_struct(reader->png);
    if (reader->info == NULL) {
        cpng_reader_destroy(reader);
        return NULL;
    }
    return reader;
}

void cpng_reader_destroy(cpng_reader *reader) {
    png_destroy_read_struct(&reader->png, &reader->info, NULL);
    free(reader);
}

const char *cpng_reader_message(const cpng_reader *reader) { return reader->message; }

// Colour management, palettes' histograms and the like are not looked at, so their parsers need not run.
static void ignore_all_chunks_but_pixels_and_orientation(png_structp png) {
    static const png_byte wanted[] = "eXIf\0tEXt\0zTXt\0iTXt";
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_AS_DEFAULT, wanted, 4);
}

cpng_status cpng_reader_read_header(cpng_reader *reader, cpng_header *header) {
    png_structp png = reader->png;
    png_infop info = reader->info;
    if (setjmp(png_jmpbuf(png))) return reader->failure;

    png_set_read_fn(png, reader, on_read);
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); // the caller has stricter ones, and words for them
    png_set_chunk_malloc_max(png, max_chunk_bytes);
    png_set_chunk_cache_max(png, max_kept_chunks);
    ignore_all_chunks_but_pixels_and_orientation(png);
    png_read_info(png, info);

    bool has_alpha = (png_get_color_type(png, info) & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, info, PNG_INFO_tRNS);
    reader->header.width = png_get_image_width(png, info);
    reader->header.height = png_get_image_height(png, info);
    reader->header.channels = has_alpha ? 4 : 3;
    *header = reader->header;
    return cpng_ok;
}

cpng_status cpng_reader_read_pixels(cpng_reader *reader, uint8_t *pixels) {
    png_structp png = reader->png;
    if (setjmp(png_jmpbuf(png))) return reader->failure;

    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, reader->info);

    size_t row_bytes = (size_t)reader->header.width * reader->header.channels;
    if (png_get_rowbytes(png, reader->info) != row_bytes) png_error(png, "unexpected row size");
    for (int pass = 0; pass < passes; pass++) {
        for (uint32_t row = 0; row < reader->header.height; row++) {
            png_read_row(png, pixels + row * row_bytes, NULL);
        }
    }
    png_read_end(png, reader->info);
    return cpng_ok;
}

bool cpng_reader_exif(cpng_reader *reader, const uint8_t **bytes, size_t *length) {
    png_uint_32 count = 0;
    png_bytep exif = NULL;
    if (!png_get_eXIf_1(reader->png, reader->info, &count, &exif) || exif == NULL) return false;
    *bytes = exif;
    *length = count;
    return true;
}

bool cpng_reader_text(cpng_reader *reader, const char *keyword, const uint8_t **bytes, size_t *length) {
    png_textp texts = NULL;
    int count = png_get_text(reader->png, reader->info, &texts, NULL);
    for (int i = count - 1; i >= 0; i--) {
        if (texts[i].text == NULL || strcmp(texts[i].key, keyword) != 0) continue;
        *bytes = (const uint8_t *)texts[i].text;
        *length = strlen(texts[i].text);
        return true;
    }
    return false;
}
