#include "CKernels.h"

#if defined(__x86_64__)

#include "avx512_epilogue.h"
#include "int8.h"

#define VNNI AVX512 ",avx512vnni"

DEFINE_TILE(int8_tile, VNNI, __m512i, STEP_INT8)

__attribute__((target(VNNI))) ALWAYS_INLINE void finish_each(
    const tile_place *place, const clipseg_int8_layer *layer, const float *row_scales, const int32_t sums[],
    clipseg_activation activation, clipseg_result kind) {
    size_t vectors = place->width / LANES;
    for (size_t j = 0; j < vectors; j++) {
        size_t column = place->column + j * LANES;
        __mmask16 lanes = lanes_within(layer->columns - place->column, j);
        __m512 scales = _mm512_maskz_loadu_ps(lanes, layer->scales + column);
        __m512 bias = layer->bias ? _mm512_maskz_loadu_ps(lanes, layer->bias + column) : _mm512_setzero_ps();
        for (size_t i = 0; i < place->height; i++) {
            __m512 factors = _mm512_mul_ps(scales, _mm512_set1_ps(row_scales[i]));
            __m512 sum = _mm512_cvtepi32_ps(_mm512_load_si512(sums + (i * vectors + j) * LANES));
            __m512 value = _mm512_fmadd_ps(sum, factors, bias);
            value = activate(value, activation, ROUGH);
            if (kind == CLIPSEG_RESULT_BFLOAT16)
                put_rounded(place, i, column, lanes, to_bfloat16(value));
            else
                put(place, i, column, lanes, value, kind);
        }
    }
}

__attribute__((target(VNNI))) static void finish_as(
    const tile_place *place, const clipseg_int8_layer *layer, const float *row_scales, const int32_t sums[],
    clipseg_activation activation, clipseg_result kind) {
    FINISH_AS(finish_each, activation, kind, place, layer, row_scales, sums);
}

__attribute__((target(VNNI))) void clipseg_int8_starts_avx512(
    const int8_t *source, size_t rows, size_t inner, int32_t *starts) {
    for (size_t i = 0; i < rows; i++, source += inner) {
        __m512i sums = _mm512_setzero_si512();
        int32_t rest = 0;
        size_t at = 0;
        for (; at + VECTOR <= inner; at += VECTOR)
            sums = _mm512_dpbusd_epi32(sums, _mm512_set1_epi8(1), _mm512_loadu_si512(source + at));
        for (; at < inner; at++) rest += source[at];
        starts[i] = -128 * (_mm512_reduce_add_epi32(sums) + rest);
    }
}

// Functions of their own, so that nothing else competes for registers.
#define DEFINE_SUM_UP(VECTORS)                                                                   \
    __attribute__((target(VNNI), noinline)) static void sum_up_##VECTORS(                        \
        const tile_rows *rows, size_t bytes, const char *panel, const int32_t starts[TILE_ROWS], \
        int32_t results[]) {                                                                     \
        __m512i sums[TILE_ROWS][PANEL_VECTORS];                                                  \
        UNROLL for (int i = 0; i < TILE_ROWS; i++)                                               \
            UNROLL for (int j = 0; j < VECTORS; j++) sums[i][j] = _mm512_set1_epi32(starts[i]);  \
        int8_tile(rows, bytes, panel, VECTORS, sums);                                            \
        UNROLL for (int i = 0; i < TILE_ROWS; i++)                                               \
            UNROLL for (int j = 0; j < VECTORS; j++)                                             \
                _mm512_store_si512(results + (i * VECTORS + j) * LANES, sums[i][j]);             \
    }
DEFINE_SUM_UP(1)
DEFINE_SUM_UP(2)
DEFINE_SUM_UP(4)

static void sum_up(
    const tile_rows *rows, const panel *panel, const int32_t starts[TILE_ROWS], int32_t results[]) {
    switch (panel->width) {
    case LANES: sum_up_1(rows, panel->column_bytes, panel->bytes, starts, results); break;
    case 2 * LANES: sum_up_2(rows, panel->column_bytes, panel->bytes, starts, results); break;
    default: sum_up_4(rows, panel->column_bytes, panel->bytes, starts, results); break;
    }
}

void clipseg_int8_product_avx512(
    const clipseg_int8_layer *layer, const void *source, const float *row_scales, const int32_t *row_starts,
    size_t rows, size_t panel, size_t next, clipseg_activation activation, clipseg_result kind, void *result) {
    multiply_int8(
        layer, sum_up, finish_as, source, layer->inner, row_scales, row_starts, rows, panel, next, activation, kind,
        result);
}

#endif
