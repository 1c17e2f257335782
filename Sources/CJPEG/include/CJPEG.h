// libjpeg without its setjmp: every entry point returns a status, and errors never unwind into the caller.
#ifndef CJPEG_H
#define CJPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum __attribute__((enum_extensibility(closed))) {
    cjpeg_ok,
    cjpeg_truncated,
    cjpeg_corrupt,
    cjpeg_unsupported,
    cjpeg_too_many_scans,
    cjpeg_out_of_memory,
} cjpeg_status;

typedef struct {
    uint32_t width;
    uint32_t height;
    /// 3 for RGB; 4 for CMYK as stored, which by Adobe's convention means inverted.
    uint32_t channels;
    /// What libjpeg keeps of a file that comes in several scans, progressive ones above all: the coefficients of the whole
    /// picture; else 0.
    size_t coefficient_bytes;
} cjpeg_header;

typedef struct {
    int scans;
    size_t memory_bytes;
} cjpeg_limits;

typedef struct cjpeg_reader cjpeg_reader;

/// Null when memory is short. `bytes` must outlive the reader.
cjpeg_reader *cjpeg_reader_create(const uint8_t *bytes, size_t length, cjpeg_limits limits);
void cjpeg_reader_destroy(cjpeg_reader *reader);

/// libjpeg's words for the last failure; lives as long as the reader.
const char *cjpeg_reader_message(const cjpeg_reader *reader);

/// Reads up to the first scan. After a failure, width and height are what is known of them, or 0.
cjpeg_status cjpeg_reader_read_header(cjpeg_reader *reader, cjpeg_header *header);

/// Has the picture decoded at an eighth, a quarter or half of its size, rounded up: `denominator` is 8, 4 or 2. Writes the
/// new size into `header`.
cjpeg_status cjpeg_reader_reduce(cjpeg_reader *reader, unsigned denominator, cjpeg_header *header);

/// Writes height rows of width * channels samples, and reads on to the end of the image.
cjpeg_status cjpeg_reader_read_pixels(cjpeg_reader *reader, uint8_t *pixels);

/// The payload of APP1 segment number `index`, in file order; false past the last that was read or past the 64th. It lies
/// within the file.
bool cjpeg_reader_app1(cjpeg_reader *reader, size_t index, const uint8_t **bytes, size_t *length);

#endif
