#include "CKernels.h"

#if defined(__x86_64__)

#include "avx2_epilogue.h"
#include "linear.h"

// The rows are of floats; `BYTES` is what a number of the columns takes.
#define DEFINE_SUM_UP(NAME, MULTIPLY, BYTES)                                                                     \
    static void NAME(                                                                                            \
        const tile_rows *rows, size_t at, size_t bytes, const panel *whole, const char *next, float results[]) { \
        for (size_t line = 0; line + VECTOR <= bytes; line += VECTOR) _mm_prefetch(next + line, _MM_HINT_T1);    \
        panel part = *whole;                                                                                     \
        part.bytes += at / sizeof(float) * BYTES * LANES;                                                        \
        MULTIPLY(rows, bytes, &part, results, part.width);                                                       \
    }
DEFINE_SUM_UP(float32_sum_up, clipseg_multiply_float32_avx2, 4)
DEFINE_SUM_UP(bfloat16_sum_up, clipseg_multiply_bfloat16_avx2, 2)

__attribute__((target(AVX2))) ALWAYS_INLINE void finish_each(
    const tile_place *place, size_t columns, const float *bias, const float sums[], clipseg_activation activation,
    clipseg_result kind) {
    size_t end = columns - place->column < place->width ? columns : place->column + place->width;
    for (size_t column = place->column; column < end; column += HALF_LANES) {
        __m256i lanes = half_lanes_within(columns, column);
        __m256 start = bias ? _mm256_maskload_ps(bias + column, lanes) : _mm256_setzero_ps();
        for (size_t i = 0; i < place->height; i++) {
            __m256 sum = _mm256_loadu_ps(sums + i * place->width + column - place->column);
            put(place, i, column, columns, activate(_mm256_add_ps(sum, start), activation), kind);
        }
    }
}

__attribute__((target(AVX2))) static void finish_as(
    const tile_place *place, size_t columns, const float *bias, const float sums[], clipseg_activation activation,
    clipseg_result kind) {
    FINISH_AS(finish_each, activation, kind, place, columns, bias, sums);
}

void clipseg_float32_product_avx2(
    const clipseg_linear *layer, const void *source, size_t rows, size_t panel, size_t next,
    clipseg_activation activation, clipseg_result kind, void *result) {
    multiply(layer, 4, 4, float32_sum_up, finish_as, source, rows, panel, next, activation, kind, result);
}

void clipseg_bfloat16_weights_product_avx2(
    const clipseg_linear *layer, const void *source, size_t rows, size_t panel, size_t next,
    clipseg_activation activation, clipseg_result kind, void *result) {
    multiply(layer, 4, 2, bfloat16_sum_up, finish_as, source, rows, panel, next, activation, kind, result);
}

#endif
