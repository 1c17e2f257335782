#include "CKernels.h"

#if defined(__x86_64__)

#include "tile.h"

#include <math.h>

#define VNNI AVX512 ",avx512vnni"

DEFINE_TILE(int8_tile, VNNI, __m512i, STEP_INT8)

__attribute__((target(AVX512))) static __m512 gelu_erf(__m512 x) {
    float lanes[LANES];
    _mm512_storeu_ps(lanes, x);
    for (int i = 0; i < LANES; i++) lanes[i] = 0.5f * lanes[i] * (1 + erff(lanes[i] * 0.707106781f));
    return _mm512_loadu_ps(lanes);
}

// 1 / x: an estimate to 14 bits, and one step of Newton's. Faster than a division.
__attribute__((target(AVX512))) ALWAYS_INLINE __m512 reciprocal(__m512 x) {
    __m512 estimate = _mm512_rcp14_ps(x);
    return _mm512_mul_ps(estimate, _mm512_fnmadd_ps(x, estimate, _mm512_set1_ps(2)));
}

__attribute__((target(AVX512))) ALWAYS_INLINE __m512 activate(__m512 x, clipseg_activation activation) {
    switch (activation) {
    case CLIPSEG_RELU: return _mm512_max_ps(x, _mm512_setzero_ps());
    case CLIPSEG_GELU_ERF: return gelu_erf(x);
    case CLIPSEG_QUICK_GELU: {
        __m512 power = exponential512(_mm512_mul_ps(x, _mm512_set1_ps(-1.702f)));
        return _mm512_mul_ps(x, reciprocal(_mm512_add_ps(power, _mm512_set1_ps(1))));
    }
    case CLIPSEG_IDENTITY: return x;
    }
}

// A tile's place: rows of the result, their scales, and the columns of a panel.
typedef struct tile_place {
    size_t height, column, width;
    const float *row_scales;
    char *result;
    size_t result_stride;
} tile_place;

// Scales, bias and activation on a tile's sums, and where they go.
__attribute__((target(VNNI))) ALWAYS_INLINE void finish(
    const clipseg_int8_layer *layer, const tile_place *place, const __m512i sums[], clipseg_activation activation,
    clipseg_result kind) {
    size_t vectors = place->width / LANES;
    for (size_t j = 0; j < vectors; j++) {
        size_t column = place->column + j * LANES;
        __mmask16 lanes = lanes_within(layer->columns - place->column, j);
        __m512 scales = _mm512_maskz_loadu_ps(lanes, layer->scales + column);
        __m512 bias = layer->bias ? _mm512_maskz_loadu_ps(lanes, layer->bias + column) : _mm512_setzero_ps();
        for (size_t i = 0; i < place->height; i++) {
            __m512 factors = _mm512_mul_ps(scales, _mm512_set1_ps(place->row_scales[i]));
            __m512 value = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[i * vectors + j]), factors, bias);
            value = activate(value, activation);
            char *row = place->result + i * place->result_stride;
            float *wide = (float *)row + column;
            switch (kind) {
            case CLIPSEG_RESULT_FLOAT32: _mm512_mask_storeu_ps(wide, lanes, value); break;
            case CLIPSEG_RESULT_BFLOAT16:
                _mm256_mask_storeu_epi16((uint16_t *)row + column, lanes, to_bfloat16(value));
                break;
            case CLIPSEG_RESULT_ADDED:
                _mm512_mask_storeu_ps(wide, lanes, _mm512_add_ps(value, _mm512_maskz_loadu_ps(lanes, wide)));
                break;
            }
        }
    }
}

__attribute__((target(VNNI))) ALWAYS_INLINE void finish_as(
    const clipseg_int8_layer *layer, const tile_place *place, const __m512i sums[], clipseg_activation activation,
    clipseg_result kind) {
    switch (kind) {
    case CLIPSEG_RESULT_FLOAT32: finish(layer, place, sums, activation, CLIPSEG_RESULT_FLOAT32); break;
    case CLIPSEG_RESULT_BFLOAT16: finish(layer, place, sums, activation, CLIPSEG_RESULT_BFLOAT16); break;
    case CLIPSEG_RESULT_ADDED: finish(layer, place, sums, activation, CLIPSEG_RESULT_ADDED); break;
    }
}

// Weights have 128 added, since the instruction wants one operand unsigned: 128 times this must be taken off again.
__attribute__((target(VNNI))) static int32_t row_sum(const int8_t *row, size_t count) {
    __m512i sums = _mm512_setzero_si512();
    int32_t rest = 0;
    size_t at = 0;
    for (; at + VECTOR <= count; at += VECTOR)
        sums = _mm512_dpbusd_epi32(sums, _mm512_set1_epi8(1), _mm512_loadu_si512(row + at));
    for (; at < count; at++) rest += row[at];
    return _mm512_reduce_add_epi32(sums) + rest;
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

// What a tile will be added to, so that it has come when the sums are ready.
ALWAYS_INLINE void prefetch(const tile_place *place) {
    for (size_t i = 0; i < place->height; i++)
        for (size_t j = 0; j < place->width; j += LANES)
            __builtin_prefetch(place->result + i * place->result_stride + (place->column + j) * sizeof(float), 1);
}

// As many rows as stay in the second-level cache, with their results, while all columns pass by.
enum { BLOCK_ROWS = 6 * TILE_ROWS };

__attribute__((target(VNNI))) static void multiply_block(
    const clipseg_int8_layer *layer, const int8_t *source, const float *row_scales, size_t rows,
    clipseg_activation activation, clipseg_result kind, char *result, size_t result_stride) {
    int32_t starts[BLOCK_ROWS] = {};
    for (size_t i = 0; i < rows; i++) starts[i] = -128 * row_sum(source + i * layer->inner, layer->inner);
    size_t width = clipseg_panel_columns(layer->columns);
    size_t panel_size = clipseg_panels_size(width, layer->inner);
    const char *panel = layer->panels;
    for (size_t column = 0; column < layer->columns; column += width, panel += panel_size)
        for (size_t first = 0; first < rows; first += TILE_ROWS) {
            size_t height = rows - first < TILE_ROWS ? rows - first : TILE_ROWS;
            tile_rows tile = tile_rows_at(source + first * layer->inner, layer->inner, height);
            __m512i sums[TILE_ROWS * PANEL_VECTORS];
            tile_place place = {
                height, column, width, row_scales + first, result + first * result_stride, result_stride};
            if (kind == CLIPSEG_RESULT_ADDED) prefetch(&place);
            switch (width) {
            case LANES: sum_up_1(&tile, layer->inner, panel, starts + first, sums); break;
            case 2 * LANES: sum_up_2(&tile, layer->inner, panel, starts + first, sums); break;
            default: sum_up_4(&tile, layer->inner, panel, starts + first, sums); break;
            }
            switch (activation) {
            case CLIPSEG_IDENTITY: finish_as(layer, &place, sums, CLIPSEG_IDENTITY, kind); break;
            case CLIPSEG_RELU: finish_as(layer, &place, sums, CLIPSEG_RELU, kind); break;
            case CLIPSEG_GELU_ERF: finish_as(layer, &place, sums, CLIPSEG_GELU_ERF, kind); break;
            case CLIPSEG_QUICK_GELU: finish_as(layer, &place, sums, CLIPSEG_QUICK_GELU, kind); break;
            }
        }
}

void clipseg_int8_product(
    const clipseg_int8_layer *layer, const int8_t *source, const float *row_scales, size_t rows,
    clipseg_activation activation, clipseg_result kind, void *result) {
    size_t result_stride = layer->columns * (kind == CLIPSEG_RESULT_BFLOAT16 ? 2 : 4);
    for (size_t first = 0; first < rows; first += BLOCK_ROWS)
        multiply_block(
            layer, source + first * layer->inner, row_scales + first, rows - first < BLOCK_ROWS ? rows - first : BLOCK_ROWS,
            activation, kind, (char *)result + first * result_stride, result_stride);
}

#endif
