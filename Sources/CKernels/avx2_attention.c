#include "CKernels.h"

#if defined(__x86_64__)

#include "attention.h"
#include "avx2.h"

#include <math.h>

__attribute__((target(AVX2))) ALWAYS_INLINE __m256 load_scores(const float *scores, size_t visible, size_t at) {
    __m256 lanes = _mm256_castsi256_ps(half_lanes_within(visible, at));
    return _mm256_blendv_ps(_mm256_set1_ps(-INFINITY), _mm256_loadu_ps(scores + at), lanes);
}

// Turns `count` scores, of which the first `visible` count, into exponentials, in place and, in bfloat16, closer
// together; returns 1 over their sum. Rows of scores are whole vectors.
__attribute__((target(AVX2))) ALWAYS_INLINE float exponentials(
    float *scores, size_t visible, size_t count, float scale, element element) {
    __m256 peaks = _mm256_set1_ps(-INFINITY), sums = _mm256_setzero_ps(), factor = _mm256_set1_ps(scale);
    for (size_t at = 0; at < visible; at += HALF_LANES) peaks = _mm256_max_ps(peaks, load_scores(scores, visible, at));
    float lanes[HALF_LANES], peak = -INFINITY, sum = 0;
    _mm256_storeu_ps(lanes, peaks);
    for (size_t lane = 0; lane < HALF_LANES; lane++) peak = fmaxf(peak, lanes[lane]);
    __m256 shift = _mm256_set1_ps(peak * scale);
    for (size_t at = 0; at < count; at += HALF_LANES) {
        __m256 power = exponential256(_mm256_fmsub_ps(load_scores(scores, visible, at), factor, shift));
        sums = _mm256_add_ps(sums, power);
        if (element == FLOAT32)
            _mm256_storeu_ps(scores + at, power);
        else
            store_bfloat16((uint16_t *)scores + at, HALF_LANES, power);
    }
    _mm256_storeu_ps(lanes, sums);
    for (size_t lane = 0; lane < HALF_LANES; lane++) sum += lanes[lane];
    return 1 / sum;
}

__attribute__((target(AVX2))) static float exponentials_float32(
    float *scores, size_t visible, size_t count, float scale) {
    return exponentials(scores, visible, count, scale, FLOAT32);
}

__attribute__((target(AVX2))) static float exponentials_bfloat16(
    float *scores, size_t visible, size_t count, float scale) {
    return exponentials(scores, visible, count, scale, BFLOAT16);
}

__attribute__((target(AVX2))) ALWAYS_INLINE void store(
    const float *values, float factor, size_t count, void *result, element element) {
    for (size_t at = 0; at < count; at += HALF_LANES) {
        __m256 value = _mm256_mul_ps(_mm256_loadu_ps(values + at), _mm256_set1_ps(factor));
        if (element == FLOAT32)
            _mm256_maskstore_ps((float *)result + at, half_lanes_within(count, at), value);
        else
            store_bfloat16((uint16_t *)result + at, count - at, value);
    }
}

DEFINE_ATTEND(
    clipseg_attend_float32_avx2, AVX2, clipseg_multiply_float32_avx2, exponentials_float32, FLOAT32, 4)
DEFINE_ATTEND(
    clipseg_attend_bfloat16_avx2, AVX2, clipseg_multiply_bfloat16_avx2, exponentials_bfloat16, BFLOAT16, 2)

#endif
