#include "CKernels.h"

#if defined(__x86_64__)

#include "avx2_epilogue.h"
#include "int8.h"

__attribute__((target(AVX2))) ALWAYS_INLINE void finish_each(
    const tile_place *place, const clipseg_int8_layer *layer, const float *row_scales, const int32_t sums[],
    clipseg_activation activation, clipseg_result kind) {
    size_t columns = layer->columns;
    size_t end = columns - place->column < place->width ? columns : place->column + place->width;
    for (size_t column = place->column; column < end; column += HALF_LANES) {
        __m256i lanes = half_lanes_within(columns, column);
        __m256 scales = _mm256_maskload_ps(layer->scales + column, lanes);
        __m256 bias = layer->bias ? _mm256_maskload_ps(layer->bias + column, lanes) : _mm256_setzero_ps();
        for (size_t i = 0; i < place->height; i++) {
            const int32_t *sum = sums + i * place->width + column - place->column;
            __m256 factors = _mm256_mul_ps(scales, _mm256_set1_ps(row_scales[i]));
            __m256 number = _mm256_cvtepi32_ps(_mm256_loadu_si256((const __m256i *)sum));
            put(place, i, column, columns, activate(_mm256_fmadd_ps(number, factors, bias), activation), kind);
        }
    }
}

__attribute__((target(AVX2))) static void finish_as(
    const tile_place *place, const clipseg_int8_layer *layer, const float *row_scales, const int32_t sums[],
    clipseg_activation activation, clipseg_result kind) {
    FINISH_AS(finish_each, activation, kind, place, layer, row_scales, sums);
}

static void sum_up(
    const tile_rows *rows, const panel *panel, const int32_t starts[TILE_ROWS], int32_t results[]) {
    clipseg_multiply_int8_avx2(rows, panel, starts, results, panel->width);
}

// The integers of a row take whole groups, in each the even ones first.
static size_t wide_row_bytes(size_t inner) { return (inner + GROUP - 1) / GROUP * WIDE_GROUP; }

size_t clipseg_wide_int8_size(size_t rows, size_t inner) { return rows * wide_row_bytes(inner); }

// Eight integers, two groups.
__attribute__((target(AVX2))) ALWAYS_INLINE void widen_eight(const void *integers, char *wide) {
    const __m128i even_first = _mm_setr_epi8(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15);
    __m128i words = _mm_cvtepi8_epi16(_mm_loadl_epi64((const __m128i *)integers));
    _mm_storeu_si128((__m128i *)wide, _mm_shuffle_epi8(words, even_first));
}

__attribute__((target(AVX2))) void clipseg_widen_int8(const int8_t *source, size_t rows, size_t inner, void *wide) {
    char *target = wide;
    for (size_t i = 0; i < rows; i++, source += inner, target += wide_row_bytes(inner)) {
        size_t at = 0;
        for (; at + 8 <= inner; at += 8) widen_eight(source + at, target + 2 * at);
        if (at == inner) continue;
        int8_t last[8] = {};
        char wide_last[2 * WIDE_GROUP];
        memcpy(last, source + at, inner - at);
        widen_eight(last, wide_last);
        memcpy(target + 2 * at, wide_last, wide_row_bytes(inner) - 2 * at);
    }
}

__attribute__((target(AVX2))) void clipseg_int8_starts_avx2(
    const int8_t *source, size_t rows, size_t inner, int32_t *starts) {
    for (size_t i = 0; i < rows; i++, source += inner) {
        // Of unsigned bytes, which have 128 added, the CPU sums up eight at once.
        __m256i sums = _mm256_setzero_si256();
        size_t at = 0;
        for (; at + HALF_VECTOR <= inner; at += HALF_VECTOR) {
            __m256i bytes = _mm256_loadu_si256((const __m256i *)(source + at));
            __m256i raised = _mm256_xor_si256(bytes, _mm256_set1_epi8(-128));
            sums = _mm256_add_epi64(sums, _mm256_sad_epu8(raised, _mm256_setzero_si256()));
        }
        int64_t parts[4], sum = -128 * (int64_t)at;
        _mm256_storeu_si256((__m256i *)parts, sums);
        for (size_t part = 0; part < 4; part++) sum += parts[part];
        for (; at < inner; at++) sum += source[at];
        starts[i] = -128 * (int32_t)sum;
    }
}

void clipseg_int8_product_avx2(
    const clipseg_int8_layer *layer, const void *source, const float *row_scales, const int32_t *row_starts,
    size_t rows, size_t panel, size_t next, clipseg_activation activation, clipseg_result kind, void *result) {
    multiply_int8(
        layer, sum_up, finish_as, source, wide_row_bytes(layer->inner), row_scales, row_starts, rows, panel, next,
        activation, kind, result);
}

#endif
