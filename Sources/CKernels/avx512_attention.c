#include "CKernels.h"

#if defined(__x86_64__)

#include "attention.h"
#include "avx512.h"

#include <math.h>

DEFINE_TILE(float32_tile, AVX512, __m512, STEP_FLOAT32)
DEFINE_TILE(bfloat16_tile, BF16, __m512, STEP_BFLOAT16)

// A tile times one panel; the sums go to `results`, rows `stride` floats apart.
#define DEFINE_MULTIPLY(NAME, FEATURES, TILE)                                                                  \
    __attribute__((target(FEATURES))) ALWAYS_INLINE void NAME##_wide(                                          \
        const tile_rows *rows, size_t bytes, const char *panel, int vectors, float *results, size_t stride) {         \
        __m512 sums[TILE_ROWS][PANEL_VECTORS];                                                                 \
        UNROLL for (int i = 0; i < TILE_ROWS; i++)                                                             \
            UNROLL for (int j = 0; j < vectors; j++) sums[i][j] = _mm512_setzero_ps();                         \
        TILE(rows, bytes, panel, vectors, sums);                                                               \
        UNROLL for (int i = 0; i < TILE_ROWS; i++)                                                             \
            UNROLL for (int j = 0; j < vectors; j++)                                                           \
                _mm512_storeu_ps(results + (size_t)i * stride + j * LANES, sums[i][j]);                        \
    }                                                                                                          \
    __attribute__((target(FEATURES))) static void NAME(                                                        \
        const tile_rows *rows, size_t bytes, const panel *panel, float *results, size_t stride) {              \
        switch (panel->width) {                                                                                \
        case LANES: NAME##_wide(rows, bytes, panel->bytes, 1, results, stride); break;                         \
        case 2 * LANES: NAME##_wide(rows, bytes, panel->bytes, 2, results, stride); break;                     \
        default: NAME##_wide(rows, bytes, panel->bytes, 4, results, stride); break;                            \
        }                                                                                                      \
    }
DEFINE_MULTIPLY(float32_multiply, AVX512, float32_tile)
DEFINE_MULTIPLY(bfloat16_multiply, BF16, bfloat16_tile)

// The largest of `count` scores.
__attribute__((target(AVX512))) ALWAYS_INLINE float largest(const float *scores, size_t count) {
    __m512 even = _mm512_set1_ps(-INFINITY), odd = even;
    size_t whole = count / (2 * LANES) * (2 * LANES);
    for (size_t at = 0; at < whole; at += 2 * LANES) {
        even = _mm512_max_ps(even, _mm512_loadu_ps(scores + at));
        odd = _mm512_max_ps(odd, _mm512_loadu_ps(scores + at + LANES));
    }
    __mmask16 first = lanes_within(count - whole, 0), second = lanes_within(count - whole, 1);
    even = _mm512_mask_max_ps(even, first, even, _mm512_maskz_loadu_ps(first, scores + whole));
    odd = _mm512_mask_max_ps(odd, second, odd, _mm512_maskz_loadu_ps(second, scores + whole + LANES));
    return _mm512_reduce_max_ps(_mm512_max_ps(even, odd));
}

// Turns `count` scores, of which the first `visible` count, into exponentials, in place and, in bfloat16, closer
// together; returns 1 over their sum. `POWER` makes e^x of `UNIT` times x.
#define DEFINE_EXPONENTIALS(NAME, FEATURES, POWER, UNIT, STORE)                                                   \
    __attribute__((target(FEATURES))) ALWAYS_INLINE float NAME(                                                   \
        float *scores, size_t visible, size_t count, float scale) {                                               \
        scale *= UNIT;                                                                                            \
        __m512 shift = _mm512_set1_ps(largest(scores, visible) * scale), factor = _mm512_set1_ps(scale);          \
        __m512 sums = _mm512_setzero_ps();                                                                        \
        size_t whole = visible / LANES;                                                                           \
        for (size_t v = 0; v < whole; v++) {                                                                      \
            __m512 score = _mm512_loadu_ps(scores + v * LANES);                                                   \
            __m512 power = POWER(_mm512_fmsub_ps(score, factor, shift));                                          \
            sums = _mm512_add_ps(sums, power);                                                                    \
            STORE;                                                                                                \
        }                                                                                                         \
        for (size_t v = whole; v * LANES < count; v++) {                                                          \
            __m512 score = _mm512_loadu_ps(scores + v * LANES);                                                   \
            __m512 power =                                                                                        \
                _mm512_maskz_mov_ps(lanes_within(visible, v), POWER(_mm512_fmsub_ps(score, factor, shift)));      \
            sums = _mm512_add_ps(sums, power);                                                                    \
            STORE;                                                                                                \
        }                                                                                                         \
        return 1 / _mm512_reduce_add_ps(sums);                                                                    \
    }
DEFINE_EXPONENTIALS(
    exponentials_float32, AVX512, exponential512, 1, _mm512_storeu_ps(scores + v * LANES, power))
DEFINE_EXPONENTIALS(
    exponentials_bfloat16, BF16, rough_power_of_two, LOG2_E,
    _mm256_storeu_si256((__m256i *)((uint16_t *)scores + v * LANES), to_bfloat16_natively(power)))

#define DEFINE_STORE(NAME, STORE)                                                                                    \
    __attribute__((target(AVX512))) ALWAYS_INLINE void NAME(                                                         \
        const float *values, float factor, size_t count, void *result) {                                             \
        for (size_t v = 0; v * LANES < count; v++) {                                                                 \
            __mmask16 lanes = lanes_within(count, v);                                                                \
            __m512 value = _mm512_mul_ps(_mm512_maskz_loadu_ps(lanes, values + v * LANES), _mm512_set1_ps(factor)); \
            STORE;                                                                                                   \
        }                                                                                                            \
    }
DEFINE_STORE(store_float32, _mm512_mask_storeu_ps((float *)result + v * LANES, lanes, value))
DEFINE_STORE(
    store_bfloat16, _mm256_mask_storeu_epi16((uint16_t *)result + v * LANES, lanes, to_bfloat16(value)))

DEFINE_ATTEND(clipseg_attend_float32_avx512, AVX512, float32_multiply, exponentials_float32, store_float32, 4)
DEFINE_ATTEND(clipseg_attend_bfloat16_avx512, BF16, bfloat16_multiply, exponentials_bfloat16, store_bfloat16, 2)

#endif
