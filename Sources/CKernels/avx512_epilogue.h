// What follows a tile's sums while they are still in registers or the first-level cache, on AVX-512: activation, and the
// way to the result.
#ifndef CLIPSEG_AVX512_EPILOGUE_H
#define CLIPSEG_AVX512_EPILOGUE_H

#include "avx512.h"

#include <math.h>

__attribute__((target(AVX512))) static inline __m512 gelu_erf(__m512 x) {
    float lanes[LANES];
    _mm512_storeu_ps(lanes, x);
    for (int i = 0; i < LANES; i++) lanes[i] = 0.5f * lanes[i] * (1 + erff(lanes[i] * 0.707106781f));
    return _mm512_loadu_ps(lanes);
}

// x · sigmoid(1.702 x).
__attribute__((target(AVX512))) ALWAYS_INLINE __m512 quick_gelu(__m512 x) {
    __m512 power = exponential512(_mm512_mul_ps(x, _mm512_set1_ps(-1.702f)));
    __m512 divisor = _mm512_add_ps(power, _mm512_set1_ps(1));
    // An estimate of the inverse to 14 bits, and one step of Newton's: faster than a division.
    __m512 estimate = _mm512_rcp14_ps(divisor);
    return _mm512_mul_ps(x, _mm512_mul_ps(estimate, _mm512_fnmadd_ps(divisor, estimate, _mm512_set1_ps(2))));
}

// The same to four digits.
__attribute__((target(AVX512))) ALWAYS_INLINE __m512 rough_quick_gelu(__m512 x) {
    __m512 power = rough_power_of_two(_mm512_mul_ps(x, _mm512_set1_ps(-1.702f * LOG2_E)));
    return _mm512_mul_ps(x, _mm512_rcp14_ps(_mm512_add_ps(power, _mm512_set1_ps(1))));
}

// How many digits of an activation are wanted: those of what was multiplied, which has fewer than 32 bits if `ROUGH`.
typedef enum exactness { EXACT, ROUGH } exactness;

__attribute__((target(AVX512))) ALWAYS_INLINE __m512 activate(
    __m512 x, clipseg_activation activation, exactness exactness) {
    switch (activation) {
    case CLIPSEG_RELU: return _mm512_max_ps(x, _mm512_setzero_ps());
    case CLIPSEG_GELU_ERF: return gelu_erf(x);
    case CLIPSEG_QUICK_GELU: return exactness == EXACT ? quick_gelu(x) : rough_quick_gelu(x);
    case CLIPSEG_IDENTITY: return x;
    }
}

// Writes a vector in 32 bits, or adds it; bfloat16 goes by `put_rounded`.
__attribute__((target(AVX512))) ALWAYS_INLINE void put(
    const tile_place *place, size_t row, size_t column, __mmask16 lanes, __m512 value, clipseg_result kind) {
    float *target = (float *)(place->result + row * place->result_stride) + column;
    if (kind == CLIPSEG_RESULT_ADDED) value = _mm512_add_ps(value, _mm512_maskz_loadu_ps(lanes, target));
    _mm512_mask_storeu_ps(target, lanes, value);
}

// Writes a vector that was rounded to bfloat16.
__attribute__((target(AVX512))) ALWAYS_INLINE void put_rounded(
    const tile_place *place, size_t row, size_t column, __mmask16 lanes, __m256i value) {
    _mm256_mask_storeu_epi16((uint16_t *)(place->result + row * place->result_stride) + column, lanes, value);
}

#endif
