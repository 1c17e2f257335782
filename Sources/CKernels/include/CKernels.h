// Vector loops over one row, compiled for several instruction sets and chosen at run time, which Swift cannot do.
// Each has its oracle in Swift: Compute's PortableBackend.
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

#endif
