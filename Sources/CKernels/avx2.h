// Tiles on AVX2, and functions of vectors of eight floats: halves of what a panel calls a vector.
#ifndef CLIPSEG_AVX2_H
#define CLIPSEG_AVX2_H

#include "tile.h"

#define AVX2 "avx2,fma"

// A group of 8-bit integers takes twice as much in a tile's rows, where they are 16-bit ones.
enum { HALF_LANES = LANES / 2, HALF_VECTOR = VECTOR / 2, WIDE_GROUP = 2 * GROUP };

// Multiplies a tile with a panel; the sums go to `results`, rows `stride` of them apart. The rows are of floats, `bytes` of
// them, whatever the columns are of.
void clipseg_multiply_float32_avx2(
    const tile_rows *rows, size_t bytes, const panel *panel, float *results, size_t stride);
void clipseg_multiply_bfloat16_avx2(
    const tile_rows *rows, size_t bytes, const panel *panel, float *results, size_t stride);

// The same for 8-bit integers: rows as `clipseg_widen_int8` makes them, unsigned columns, sums that begin at `starts`.
void clipseg_multiply_int8_avx2(
    const tile_rows *rows, const panel *panel, const int32_t starts[TILE_ROWS], int32_t *results, size_t stride);

// All ones in those lanes of the eight from number `start` on that lie within `count`.
__attribute__((target(AVX2))) ALWAYS_INLINE __m256i half_lanes_within(size_t count, size_t start) {
    int32_t left = count <= start ? 0 : count - start < HALF_LANES ? (int32_t)(count - start) : HALF_LANES;
    return _mm256_cmpgt_epi32(_mm256_set1_epi32(left), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

// Writes the first `count` of eight numbers, or all if there are more. Masked stores are far slower on AMD's CPUs.
__attribute__((target(AVX2))) ALWAYS_INLINE void store_float32(float *target, size_t count, __m256 x) {
    if (count >= HALF_LANES)
        _mm256_storeu_ps(target, x);
    else
        _mm256_maskstore_ps(target, half_lanes_within(count, 0), x);
}

// Rounds to nearest, ties to even; a NaN stays one.
__attribute__((target(AVX2))) ALWAYS_INLINE __m128i to_bfloat16(__m256 x) {
    __m256i bits = _mm256_castps_si256(x);
    __m256i odd = _mm256_and_si256(_mm256_srli_epi32(bits, 16), _mm256_set1_epi32(1));
    __m256i rounded = _mm256_add_epi32(bits, _mm256_add_epi32(odd, _mm256_set1_epi32(0x7fff)));
    __m256i quiet = _mm256_or_si256(bits, _mm256_set1_epi32(0x400000));
    __m256i nan = _mm256_castps_si256(_mm256_cmp_ps(x, x, _CMP_UNORD_Q));
    __m256i upper = _mm256_srli_epi32(_mm256_blendv_epi8(rounded, quiet, nan), 16);
    return _mm_packus_epi32(_mm256_castsi256_si128(upper), _mm256_extracti128_si256(upper, 1));
}

// Writes the first `count` of eight numbers in bfloat16, or all if there are more.
__attribute__((target(AVX2))) ALWAYS_INLINE void store_bfloat16(uint16_t *target, size_t count, __m256 x) {
    __m128i halves = to_bfloat16(x);
    if (count >= HALF_LANES)
        _mm_storeu_si128((__m128i *)target, halves);
    else
        memcpy(target, &halves, count * sizeof(uint16_t));
}

// e^x to about one unit in the last place: x = n ln 2 + r with |r| <= ln 2 / 2, e^r by the Taylor series to r^7.
// Below the smallest normal float the result is 0; it stays finite above.
__attribute__((target(AVX2))) ALWAYS_INLINE __m256 exponential256(__m256 x) {
    x = _mm256_min_ps(_mm256_set1_ps(88), _mm256_max_ps(_mm256_set1_ps(-104), x));
    __m256 n = _mm256_round_ps(_mm256_mul_ps(x, _mm256_set1_ps(LOG2_E)), _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC);
    __m256 r = _mm256_fnmadd_ps(n, _mm256_set1_ps(0.693359375f), x);
    r = _mm256_fnmadd_ps(n, _mm256_set1_ps(-2.12194440e-4f), r);
    __m256 p = _mm256_set1_ps(1.0f / 5040);
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0f / 720));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0f / 120));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0f / 24));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1.0f / 6));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(0.5f));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1));
    p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(1));
    // 2^n, put together as a float's exponent; a NaN is in p anyway.
    __m256i exponent = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
    __m256i power = _mm256_slli_epi32(_mm256_max_epi32(exponent, _mm256_setzero_si256()), 23);
    return _mm256_mul_ps(p, _mm256_castsi256_ps(power));
}

#endif
