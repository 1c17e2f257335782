// libpng without its setjmp: every entry point returns a status, and errors never unwind into the caller.
#ifndef CPNG_H
#define CPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum __attribute__((enum_extensibility(closed))) {
    cpng_ok,
    cpng_truncated,
    cpng_corrupt,
    cpng_out_of_memory,
} cpng_status;

typedef struct {
    uint32_t width;
    uint32_t height;
    /// 3 for RGB; 4 for RGBA, when the file has an alpha channel or a transparent colour.
    uint32_t channels;
} cpng_header;

typedef struct cpng_reader cpng_reader;

/// Null when memory is short. `bytes` must outlive the reader.
cpng_reader *cpng_reader_create(const uint8_t *bytes, size_t length);
void cpng_reader_destroy(cpng_reader *reader);

/// libpng's words for the last failure; lives as long as the reader.
const char *cpng_reader_message(const cpng_reader *reader);

/// Reads up to the first IDAT chunk. Allocates nothing that grows with the picture.
cpng_status cpng_reader_read_header(cpng_reader *reader, cpng_header *header);

/// Writes height rows of width * channels 8-bit samples, and reads on to the end of the file.
cpng_status cpng_reader_read_pixels(cpng_reader *reader, uint8_t *pixels);

/// The eXIf chunk. Metadata may follow the pixels: ask after reading them.
bool cpng_reader_exif(cpng_reader *reader, const uint8_t **bytes, size_t *length);

/// The text of the last tEXt, zTXt or iTXt chunk with this keyword.
bool cpng_reader_text(cpng_reader *reader, const char *keyword, const uint8_t **bytes, size_t *length);

typedef enum __attribute__((enum_extensibility(closed))) {
    cpng_greyscale,
    cpng_rgb,
    cpng_rgba,
    /// Numbers of palette entries.
    cpng_indexed,
} cpng_color;

typedef enum __attribute__((enum_extensibility(closed))) {
    /// Masks of two or few values: fast, and small.
    cpng_runs,
    /// Greyscale of any kind: small.
    cpng_smallest,
    /// Photographs: fast.
    cpng_photograph,
} cpng_compression;

typedef struct {
    uint32_t width;
    uint32_t height;
    int bit_depth;
    cpng_color color;
    cpng_compression compression;
    /// For cpng_indexed: red, green, blue of palette_count entries, 1 to 256.
    const uint8_t *palette;
    int palette_count;
} cpng_layout;

/// One text chunk: a Latin-1 keyword and UTF-8, both without a zero but at the end.
typedef struct {
    const char *keyword;
    const char *text;
    /// tEXt if set, which every reader knows: `text` must be ASCII. Else iTXt.
    bool is_ascii;
} cpng_text;

typedef struct cpng_writer cpng_writer;

/// Null when memory is short.
cpng_writer *cpng_writer_create(cpng_layout layout);
void cpng_writer_destroy(cpng_writer *writer);

/// A text chunk, before the first row.
cpng_status cpng_writer_add_text(cpng_writer *writer, cpng_text text);

/// The next row, `height` times. Samples of less than 8 bits come one a byte, those of 16 bits in the machine's order.
cpng_status cpng_writer_write_row(cpng_writer *writer, const uint8_t *row);

/// After the last row. On cpng_ok, *file holds *length bytes, which live as long as the writer.
cpng_status cpng_writer_finish(cpng_writer *writer, const uint8_t **file, size_t *length);

#endif
