#include "CKernels.h"

#if defined(__x86_64__)

#include "attention.h"
#include "avx2.h"

#include <math.h>

// The largest of `count` scores.
__attribute__((target(AVX2))) ALWAYS_INLINE float largest(const float *scores, size_t count) {
    __m256 even = _mm256_set1_ps(-INFINITY), odd = even;
    size_t at = 0;
    for (; at + LANES <= count; at += LANES) {
        even = _mm256_max_ps(even, _mm256_loadu_ps(scores + at));
        odd = _mm256_max_ps(odd, _mm256_loadu_ps(scores + at + HALF_LANES));
    }
    float lanes[HALF_LANES], peak = -INFINITY;
    _mm256_storeu_ps(lanes, _mm256_max_ps(even, odd));
    for (size_t lane = 0; lane < HALF_LANES; lane++) peak = fmaxf(peak, lanes[lane]);
    for (; at < count; at++) peak = fmaxf(peak, scores[at]);
    return peak;
}

// Turns `count` scores, of which the first `visible` count, into exponentials; returns 1 over their sum. Rows of scores
// are whole vectors.
__attribute__((target(AVX2))) ALWAYS_INLINE float exponentials(
    float *scores, size_t visible, size_t count, float scale) {
    __m256 shift = _mm256_set1_ps(largest(scores, visible) * scale), factor = _mm256_set1_ps(scale);
    __m256 sums = _mm256_setzero_ps();
    for (size_t at = 0; at < count; at += HALF_LANES) {
        __m256 power = exponential256(_mm256_fmsub_ps(_mm256_loadu_ps(scores + at), factor, shift));
        power = _mm256_and_ps(power, _mm256_castsi256_ps(half_lanes_within(visible, at)));
        sums = _mm256_add_ps(sums, power);
        _mm256_storeu_ps(scores + at, power);
    }
    float lanes[HALF_LANES], sum = 0;
    _mm256_storeu_ps(lanes, sums);
    for (size_t lane = 0; lane < HALF_LANES; lane++) sum += lanes[lane];
    return 1 / sum;
}

__attribute__((target(AVX2))) ALWAYS_INLINE void store(
    const float *values, float factor, size_t count, void *result) {
    for (size_t at = 0; at < count; at += HALF_LANES) {
        __m256 value = _mm256_mul_ps(_mm256_loadu_ps(values + at), _mm256_set1_ps(factor));
        store_float32((float *)result + at, count - at, value);
    }
}

DEFINE_ATTEND(clipseg_attend_float32_avx2, AVX2, clipseg_multiply_float32_avx2, exponentials, store, 4)

#endif
