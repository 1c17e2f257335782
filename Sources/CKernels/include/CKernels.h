// Vector loops over one row, compiled for several instruction sets and chosen at run time, which Swift cannot do.
// Each has its oracle in Swift: Compute's PortableBackend, and for pictures the tests of Imaging.
#ifndef CLIPSEG_CKERNELS_H
#define CLIPSEG_CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// For a thread that waits for another one by reading memory again and again.
static inline void clipseg_relax(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// output = (row - mean) / sqrt(variance + epsilon) * gain + offset; output may be row itself.
void clipseg_layer_norm(
    const float *row, size_t count, const float *gain, const float *offset, float epsilon, float *output);

// row = exp(row - max) / sum(exp(row - max))
void clipseg_softmax(float *row, size_t count);

// Rounds to nearest, ties to even.
void clipseg_to_bfloat16(const float *source, size_t count, uint16_t *output);

// The source need not be aligned.
void clipseg_from_bfloat16(const void *source, size_t count, float *output);

// The source need not be aligned.
void clipseg_from_float16(const void *source, size_t count, float *output);

// Rounds to nearest, ties to even.
void clipseg_to_float16(const float *source, size_t count, uint16_t *output);

// output = row / scale, rounded to the nearest; the result is the scale, max(|row|) / 127, or 0 for a row of zeros.
float clipseg_to_int8(const float *row, size_t count, int8_t *output);

// output = row * scale
void clipseg_from_int8(const int8_t *row, size_t count, float scale, float *output);

typedef enum clipseg_activation {
    CLIPSEG_IDENTITY,
    CLIPSEG_RELU,
    CLIPSEG_GELU_ERF,
    CLIPSEG_QUICK_GELU,
} clipseg_activation;

// MARK: Products on AVX-512 and AVX2. Both operands come as rows of `row_bytes` bytes along the inner dimension, which are
// multiplied and added up in groups of four bytes. The second operand is packed: its columns, 64 at a time, lie beside each
// other, in four vectors of sixteen. The last word of a function says what the CPU must have; those that are named the same
// but for that answer the same.

// How many columns are packed together: 64, or 16 or 32 if there are no more.
size_t clipseg_panel_columns(size_t columns);

size_t clipseg_panels_size(size_t columns, size_t row_bytes);

// How the vectors of a panel lie: functions for AVX-512 want all four's first groups before their second, those for AVX2
// one vector behind the other.
typedef enum clipseg_layout {
    CLIPSEG_INTERLEAVED,
    CLIPSEG_CONSECUTIVE,
} clipseg_layout;

// Packs `count` columns that lie one after the other, `stride` bytes apart.
void clipseg_pack_columns(
    const void *columns, size_t stride, size_t count, size_t row_bytes, clipseg_layout layout, void *panels);

// Packs a matrix whose `count` rows run along its columns, of elements of 2 or 4 bytes; the inner dimension is `count`.
void clipseg_pack_rows(
    const void *rows, size_t stride, size_t count, size_t columns, size_t element_bytes, clipseg_layout layout,
    void *panels);

// Adds 128 to signed bytes.
void clipseg_make_unsigned(void *bytes, size_t count);

typedef enum clipseg_result {
    CLIPSEG_RESULT_FLOAT32,
    CLIPSEG_RESULT_BFLOAT16,
    CLIPSEG_RESULT_ADDED,  // to 32-bit floats
} clipseg_result;

// A linear layer.
typedef struct clipseg_linear {
    size_t inner, columns;
    const void *panels;
    const float *bias;  // one a column, or NULL
} clipseg_linear;

// result = activation(source x weights + bias), the columns of panel number `panel` alone. Panel number `next`, if there
// is such a one, is fetched meanwhile: the one that this thread is likely to multiply with next. For bfloat16, _avx512 needs
// AVX512-BF16 too; there, quick GELU is right to four digits, and results too small for a normal number are 0.
typedef void clipseg_product(
    const clipseg_linear *layer, const void *source, size_t rows, size_t panel, size_t next,
    clipseg_activation activation, clipseg_result kind, void *result);
clipseg_product clipseg_float32_product_avx512, clipseg_float32_product_avx2;
clipseg_product clipseg_bfloat16_product_avx512;
// The weights alone are in bfloat16, the source is of floats.
clipseg_product clipseg_bfloat16_weights_product_avx2;

// A linear layer in 8 bits.
typedef struct clipseg_int8_layer {
    size_t inner, columns;
    const void *panels;   // of weights with 128 added, and so unsigned
    const float *scales;  // one a column
    const float *bias;    // one a column, or NULL
} clipseg_int8_layer;

// Where the sums of each row begin: weights have 128 added, and 128 times the row's sum must be taken off again. _avx512
// needs AVX512-VNNI.
typedef void clipseg_starts(const int8_t *source, size_t rows, size_t inner, int32_t *starts);
clipseg_starts clipseg_int8_starts_avx512, clipseg_int8_starts_avx2;

// What _avx2 multiplies instead of 8-bit integers: 16-bit ones, in an order of its own, so many bytes of them.
size_t clipseg_wide_int8_size(size_t rows, size_t inner);
void clipseg_widen_int8(const int8_t *source, size_t rows, size_t inner, void *wide);

// result = activation(source x weights * row scale * column scale + bias), for a panel as above. The source is of 8-bit
// integers for _avx512, which needs AVX512-VNNI, and of widened ones for _avx2. Quick GELU is right to four digits in the
// former.
typedef void clipseg_int8_product(
    const clipseg_int8_layer *layer, const void *source, const float *row_scales, const int32_t *row_starts,
    size_t rows, size_t panel, size_t next, clipseg_activation activation, clipseg_result kind, void *result);
clipseg_int8_product clipseg_int8_product_avx512, clipseg_int8_product_avx2;

// One head's keys and values, packed with clipseg_pack_columns and clipseg_pack_rows.
typedef struct clipseg_attention_head {
    size_t keys, width;
    const void *packed_keys, *packed_values;
    float scale;   // of scores
    bool causal;   // whether query number n sees the first n + 1 keys alone
} clipseg_attention_head;

// The bytes of scratch memory that clipseg_attend needs.
size_t clipseg_attention_scratch_size(size_t keys);

// Softmax(queries x keys * scale) x values, for `count` queries from number `first` on. Strides are in bytes. For bfloat16,
// _avx512 needs AVX512-BF16 too; there, exponentials are right to four digits.
typedef void clipseg_attend(
    const clipseg_attention_head *head, const void *queries, size_t stride, size_t first, size_t count, void *scratch,
    void *result, size_t result_stride);
clipseg_attend clipseg_attend_float32_avx512, clipseg_attend_float32_avx2;
clipseg_attend clipseg_attend_bfloat16_avx512;

// Pixels of 3 bytes are resampled with weights of 22 bits after the point, rounded and clamped to a byte.
enum { CLIPSEG_RESAMPLING_BITS = 22, CLIPSEG_TAPS_PER_GROUP = 5, CLIPSEG_LANES_PER_GROUP = 16 };

// The source pixels of a target pixel, five by five, and where their weights start: for each five there are 16, each
// pixel's three times, and zeros where there is no pixel.
typedef struct clipseg_window {
    size_t first;
    size_t groups;
    const int32_t *weights;
} clipseg_window;

// Resamples a row of row_bytes bytes to count pixels. Windows begin in the row, and all but their last five pixels are in
// it.
void clipseg_resample_row(
    const uint8_t *row, size_t row_bytes, const clipseg_window *windows, size_t count, uint8_t *output);

// output = the weighted sum of count rows of row_bytes bytes each, one behind the other
void clipseg_blend_rows(
    const uint8_t *rows, size_t row_bytes, const int32_t *weights, size_t count, uint8_t *output);

#endif
