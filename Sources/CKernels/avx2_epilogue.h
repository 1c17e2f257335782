// What follows a tile's sums on AVX2: activation, and the way to the result.
#ifndef CLIPSEG_AVX2_EPILOGUE_H
#define CLIPSEG_AVX2_EPILOGUE_H

#include "avx2.h"

#include <math.h>

__attribute__((target(AVX2))) static inline __m256 gelu_erf(__m256 x) {
    float lanes[HALF_LANES];
    _mm256_storeu_ps(lanes, x);
    for (int i = 0; i < HALF_LANES; i++) lanes[i] = 0.5f * lanes[i] * (1 + erff(lanes[i] * 0.707106781f));
    return _mm256_loadu_ps(lanes);
}

// x · sigmoid(1.702 x).
__attribute__((target(AVX2))) ALWAYS_INLINE __m256 quick_gelu(__m256 x) {
    __m256 power = exponential256(_mm256_mul_ps(x, _mm256_set1_ps(-1.702f)));
    return _mm256_div_ps(x, _mm256_add_ps(power, _mm256_set1_ps(1)));
}

__attribute__((target(AVX2))) ALWAYS_INLINE __m256 activate(__m256 x, clipseg_activation activation) {
    switch (activation) {
    case CLIPSEG_RELU: return _mm256_max_ps(x, _mm256_setzero_ps());
    case CLIPSEG_GELU_ERF: return gelu_erf(x);
    case CLIPSEG_QUICK_GELU: return quick_gelu(x);
    case CLIPSEG_IDENTITY: return x;
    }
}

// Writes eight columns of a row of the tile, or those of them that are within `columns`.
__attribute__((target(AVX2))) ALWAYS_INLINE void put(
    const tile_place *place, size_t row, size_t column, size_t columns, __m256 value, clipseg_result kind) {
    char *target = place->result + row * place->result_stride;
    if (kind == CLIPSEG_RESULT_BFLOAT16) {
        store_bfloat16((uint16_t *)target + column, columns - column, value);
        return;
    }
    float *floats = (float *)target + column;
    if (kind == CLIPSEG_RESULT_ADDED)
        value = _mm256_add_ps(value, _mm256_maskload_ps(floats, half_lanes_within(columns, column)));
    store_float32(floats, columns - column, value);
}

#endif
