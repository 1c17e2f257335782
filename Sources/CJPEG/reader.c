#include "CJPEG.h"

#include <setjmp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <jerror.h>
#include <jpeglib.h>

// Metadata is spread over a few segments at most; a file of nothing but segments has millions.
enum { max_app1_segments = 64 };

typedef struct {
    const uint8_t *bytes;
    size_t length;
} segment;

struct cjpeg_reader {
    struct jpeg_decompress_struct decoder;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    const uint8_t *bytes;
    size_t length;
    cjpeg_limits limits;
    segment app1[max_app1_segments];
    size_t app1_count;
    cjpeg_status failure;
    char message[JMSG_LENGTH_MAX];
    jmp_buf unwind;
};

static cjpeg_reader *reader_of(j_common_ptr decoder) { return decoder->client_data; }

static cjpeg_status status_of(int message_code) {
    switch (message_code) {
    case JWRN_JPEG_EOF:
    case JERR_INPUT_EMPTY:
    case JERR_INPUT_EOF:
        return cjpeg_truncated;
    case JERR_OUT_OF_MEMORY:
    case JERR_NO_BACKING_STORE:
        return cjpeg_out_of_memory;
    case JERR_SOF_UNSUPPORTED:
    case JERR_BAD_PRECISION:
    case JERR_CONVERSION_NOTIMPL:
    case JERR_FRACT_SAMPLE_NOTIMPL:
    case JERR_CCIR601_NOTIMPL:
    case JERR_ARITH_NOTIMPL:
    case JERR_NOT_COMPILED:
        return cjpeg_unsupported;
    default:
        return cjpeg_corrupt;
    }
}

static void fail(cjpeg_reader *reader, cjpeg_status status) {
    reader->failure = status;
    longjmp(reader->unwind, 1);
}

static void on_error(j_common_ptr decoder) {
    cjpeg_reader *reader = reader_of(decoder);
    decoder->err->format_message(decoder, reader->message);
    fail(reader, status_of(decoder->err->msg_code));
}

// Where it makes pixels up, libjpeg only warns. That ends the decoding here; the warnings below leave every pixel
// intact.
static void on_message(j_common_ptr decoder, int level) {
    if (level >= 0) return;
    switch (decoder->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_NOT_SEQUENTIAL:
        return;
    default:
        on_error(decoder);
    }
}

// Each scan of a progressive file costs a pass over the whole picture, however few bytes it takes.
static void on_progress(j_common_ptr decoder) {
    cjpeg_reader *reader = reader_of(decoder);
    if (reader->decoder.input_scan_number > reader->limits.scans) fail(reader, cjpeg_too_many_scans);
}

// Notes where the segment lies. jpeg_save_markers would copy it and look for the end of a list each time, which takes
// minutes for some hundred kilobytes of empty segments.
static boolean on_app1(j_decompress_ptr decoder) {
    cjpeg_reader *reader = reader_of((j_common_ptr)decoder);
    struct jpeg_source_mgr *source = decoder->src;
    const JOCTET *bytes = source->next_input_byte;
    if (source->bytes_in_buffer < 2) fail(reader, cjpeg_truncated);
    size_t length = (size_t)bytes[0] << 8 | bytes[1]; // counts its own two bytes
    if (length < 2) length = 2;
    if (source->bytes_in_buffer < length) fail(reader, cjpeg_truncated);
    if (reader->app1_count < max_app1_segments) reader->app1[reader->app1_count++] = (segment){bytes + 2, length - 2};
    source->next_input_byte += length;
    source->bytes_in_buffer -= length;
    return TRUE;
}

cjpeg_reader *cjpeg_reader_create(const uint8_t *bytes, size_t length, cjpeg_limits limits) {
    cjpeg_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) return NULL;
    reader->bytes = bytes;
    reader->length = length;
    reader->limits = limits;
    reader->decoder.err = jpeg_std_error(&reader->errors);
    reader->decoder.client_data = reader;
    reader->errors.error_exit = on_error;
    reader->errors.emit_message = on_message;
    reader->progress.progress_monitor = on_progress;
    return reader;
}

void cjpeg_reader_destroy(cjpeg_reader *reader) {
    jpeg_destroy_decompress(&reader->decoder);
    free(reader);
}

const char *cjpeg_reader_message(const cjpeg_reader *reader) { return reader->message; }

static size_t rounded_up(size_t count, int multiple) {
    return (count + (size_t)multiple - 1) / (size_t)multiple * (size_t)multiple;
}

// As jinit_d_coef_controller allocates them: whole MCUs.
static size_t coefficient_bytes(j_decompress_ptr decoder) {
    size_t blocks = 0;
    for (int i = 0; i < decoder->num_components; i++) {
        const jpeg_component_info *component = &decoder->comp_info[i];
        blocks += rounded_up(component->width_in_blocks, component->h_samp_factor) *
                  rounded_up(component->height_in_blocks, component->v_samp_factor);
    }
    return blocks * sizeof(JBLOCK);
}

cjpeg_status cjpeg_reader_read_header(cjpeg_reader *reader, cjpeg_header *header) {
    struct jpeg_decompress_struct *decoder = &reader->decoder;
    if (setjmp(reader->unwind)) {
        header->width = decoder->image_width;
        header->height = decoder->image_height;
        return reader->failure;
    }

    jpeg_create_decompress(decoder);
    decoder->progress = &reader->progress;
    decoder->mem->max_memory_to_use = (long)reader->limits.memory_bytes;
    jpeg_set_marker_processor(decoder, JPEG_APP0 + 1, on_app1);
    jpeg_mem_src(decoder, reader->bytes, reader->length);
    jpeg_read_header(decoder, TRUE);

    header->coefficient_bytes = jpeg_has_multiple_scans(decoder) ? coefficient_bytes(decoder) : 0;
    bool is_cmyk = decoder->num_components == 4;
    decoder->out_color_space = is_cmyk ? JCS_CMYK : JCS_RGB;
    header->width = decoder->image_width;
    header->height = decoder->image_height;
    header->channels = is_cmyk ? 4 : 3;
    return cjpeg_ok;
}

cjpeg_status cjpeg_reader_reduce(cjpeg_reader *reader, unsigned denominator, cjpeg_header *header) {
    struct jpeg_decompress_struct *decoder = &reader->decoder;
    if (setjmp(reader->unwind)) return reader->failure;

    decoder->scale_num = 1;
    decoder->scale_denom = denominator;
    jpeg_calc_output_dimensions(decoder);
    header->width = decoder->output_width;
    header->height = decoder->output_height;
    return cjpeg_ok;
}

cjpeg_status cjpeg_reader_read_pixels(cjpeg_reader *reader, uint8_t *pixels) {
    struct jpeg_decompress_struct *decoder = &reader->decoder;
    if (setjmp(reader->unwind)) return reader->failure;

    jpeg_start_decompress(decoder);
    size_t row_bytes = (size_t)decoder->output_width * (size_t)decoder->output_components;
    while (decoder->output_scanline < decoder->output_height) {
        JSAMPROW row = pixels + decoder->output_scanline * row_bytes;
        jpeg_read_scanlines(decoder, &row, 1);
    }
    jpeg_finish_decompress(decoder);
    return cjpeg_ok;
}

bool cjpeg_reader_app1(cjpeg_reader *reader, size_t index, const uint8_t **bytes, size_t *length) {
    if (index >= reader->app1_count) return false;
    *bytes = reader->app1[index].bytes;
    *length = reader->app1[index].length;
    return true;
}
