#include "CKernels.h"

#if defined(__x86_64__)

#include "epilogue.h"
#include "tile.h"

#define VNNI AVX512 ",avx512vnni"

DEFINE_TILE(int8_tile, VNNI, __m512i, STEP_INT8)

// Scales, bias and activation on a tile's sums, and where they go.
__attribute__((target(VNNI))) ALWAYS_INLINE void finish(
    const tile_place *place, const clipseg_int8_layer *layer, const float *row_scales, const __m512i sums[],
    clipseg_activation activation, clipseg_result kind) {
    size_t vectors = place->width / LANES;
    for (size_t j = 0; j < vectors; j++) {
        size_t column = place->column + j * LANES;
        __mmask16 lanes = lanes_within(layer->columns - place->column, j);
        __m512 scales = _mm512_maskz_loadu_ps(lanes, layer->scales + column);
        __m512 bias = layer->bias ? _mm512_maskz_loadu_ps(lanes, layer->bias + column) : _mm512_setzero_ps();
        for (size_t i = 0; i < place->height; i++) {
            __m512 factors = _mm512_mul_ps(scales, _mm512_set1_ps(row_scales[i]));
            __m512 value = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[i * vectors + j]), factors, bias);
            value = activate(value, activation, ROUGH);
            if (kind == CLIPSEG_RESULT_BFLOAT16)
                put_rounded(place, i, column, lanes, to_bfloat16(value));
            else
                put(place, i, column, lanes, value, kind);
        }
    }
}

__attribute__((target(VNNI))) ALWAYS_INLINE void finish_as(
    const tile_place *place, const clipseg_int8_layer *layer, const float *row_scales, const __m512i sums[],
    clipseg_activation activation, clipseg_result kind) {
    FINISH_AS(finish, activation, kind, place, layer, row_scales, sums);
}

__attribute__((target(VNNI))) void clipseg_int8_starts(
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
#define DEFINE_SUM_UP(NAME, VECTORS)                                                                            \
    __attribute__((target(VNNI), noinline)) static void NAME(                                                   \
        const tile_rows *rows, size_t bytes, const char *panel, const int32_t starts[TILE_ROWS],                \
        __m512i results[]) {                                                                                    \
        __m512i sums[TILE_ROWS][PANEL_VECTORS];                                                                 \
        UNROLL for (int i = 0; i < TILE_ROWS; i++)                                                              \
            UNROLL for (int j = 0; j < VECTORS; j++) sums[i][j] = _mm512_set1_epi32(starts[i]);                 \
        int8_tile(rows, bytes, panel, VECTORS, sums);                                                           \
        UNROLL for (int i = 0; i < TILE_ROWS; i++)                                                              \
            UNROLL for (int j = 0; j < VECTORS; j++) results[i * VECTORS + j] = sums[i][j];                     \
    }
DEFINE_SUM_UP(sum_up_1, 1)
DEFINE_SUM_UP(sum_up_2, 2)
DEFINE_SUM_UP(sum_up_4, 4)

__attribute__((target(VNNI))) void clipseg_int8_product(
    const clipseg_int8_layer *layer, const int8_t *source, const float *row_scales, const int32_t *row_starts,
    size_t rows, size_t panel, size_t next, clipseg_activation activation, clipseg_result kind, void *result) {
    size_t width = clipseg_panel_columns(layer->columns), size = clipseg_panels_size(width, layer->inner);
    size_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS, share = (size / tiles + VECTOR - 1) / VECTOR * VECTOR;
    const char *columns = (const char *)layer->panels + panel * size;
    // What follows the last panel need not be memory at all: fetching ahead never fails.
    const char *ahead = (const char *)layer->panels + next * size;
    tile_place place = {0, panel * width, width, result, layer->columns * (kind == CLIPSEG_RESULT_BFLOAT16 ? 2 : 4)};
    for (size_t first = 0; first < rows; first += TILE_ROWS) {
        place.height = rows - first < TILE_ROWS ? rows - first : TILE_ROWS;
        tile_rows tile = tile_rows_at(source + first * layer->inner, layer->inner, place.height);
        int32_t starts[TILE_ROWS] = {};
        memcpy(starts, row_starts + first, place.height * sizeof(int32_t));
        if (kind == CLIPSEG_RESULT_ADDED) prefetch_result(&place);
        for (size_t at = 0; at < share; at += VECTOR) _mm_prefetch(ahead + at, _MM_HINT_T1);
        __m512i sums[TILE_ROWS * PANEL_VECTORS];
        switch (width) {
        case LANES: sum_up_1(&tile, layer->inner, columns, starts, sums); break;
        case 2 * LANES: sum_up_2(&tile, layer->inner, columns, starts, sums); break;
        default: sum_up_4(&tile, layer->inner, columns, starts, sums); break;
        }
        finish_as(&place, layer, row_scales + first, sums, activation, kind);
        place.result += TILE_ROWS * place.result_stride;
        ahead += share;
    }
}

#endif
