// Vector loops over one row, compiled for several instruction sets and chosen at run time, which Swift cannot do.
// Each has its oracle in Swift: Compute's PortableBackend, and for pictures the tests of Imaging.
#ifndef CLIPSEG_CKERNELS_H
#define CLIPSEG_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

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

// output = activation(sums * row_scale * scales + bias), the end of a product of 8-bit integers; no bias if NULL.
void clipseg_finish_product(
    const int32_t *sums, size_t count, float row_scale, const float *scales, const float *bias,
    clipseg_activation activation, float *output);

// output += sums * row_scale * scales + bias; no bias if NULL.
void clipseg_add_product(
    const int32_t *sums, size_t count, float row_scale, const float *scales, const float *bias, float *output);

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
