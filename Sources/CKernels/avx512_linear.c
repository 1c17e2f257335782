#include "CKernels.h"

#if defined(__x86_64__)

#include "avx512_epilogue.h"
#include "linear.h"

DEFINE_TILE(float32_tile, AVX512, __m512, STEP_FLOAT32)
DEFINE_TILE(bfloat16_tile, BF16, __m512, STEP_BFLOAT16)

// Functions of their own, so that nothing else competes for registers. Each vector of the rows takes a line of `next` along,
// memory that will be needed before long.
#define DEFINE_SUM_UP(NAME, FEATURES, TILE, VECTORS)                                                 \
    __attribute__((target(FEATURES), noinline)) static void NAME##_##VECTORS(                        \
        const tile_rows *rows, size_t bytes, const char *panel, const char *next, float results[]) { \
        __m512 sums[TILE_ROWS][PANEL_VECTORS];                                                       \
        UNROLL for (int i = 0; i < TILE_ROWS; i++)                                                   \
            UNROLL for (int j = 0; j < VECTORS; j++) sums[i][j] = _mm512_setzero_ps();               \
        size_t whole = bytes / VECTOR * VECTOR;                                                      \
        for (size_t at = 0; at < whole; next += VECTOR) {                                            \
            _mm_prefetch(next, _MM_HINT_T1);                                                         \
            for (size_t end = at + VECTOR; at < end; at += GROUP, panel += VECTORS * VECTOR)         \
                TILE##_group(rows, at, GROUP, panel, VECTORS, sums);                                 \
        }                                                                                            \
        tile_rows rest = *rows;                                                                      \
        UNROLL for (int i = 0; i < TILE_ROWS; i++) rest.row[i] += whole;                             \
        TILE(&rest, bytes - whole, panel, VECTORS, sums);                                            \
        UNROLL for (int i = 0; i < TILE_ROWS; i++)                                                   \
            UNROLL for (int j = 0; j < VECTORS; j++)                                                 \
                _mm512_store_ps(results + (i * VECTORS + j) * LANES, sums[i][j]);                    \
    }
#define DEFINE_SUM_UPS(NAME, FEATURES, TILE) \
    DEFINE_SUM_UP(NAME, FEATURES, TILE, 1)   \
    DEFINE_SUM_UP(NAME, FEATURES, TILE, 2)   \
    DEFINE_SUM_UP(NAME, FEATURES, TILE, 4)
DEFINE_SUM_UPS(float32_sum_up, AVX512, float32_tile)
DEFINE_SUM_UPS(bfloat16_sum_up, BF16, bfloat16_tile)

#define DEFINE_FINISH(NAME, FEATURES, EXACTNESS, TO_BFLOAT16)                                        \
    __attribute__((target(FEATURES))) ALWAYS_INLINE void NAME(                                       \
        const tile_place *place, size_t columns, const float *bias, const float sums[],              \
        clipseg_activation activation, clipseg_result kind) {                                        \
        size_t vectors = place->width / LANES;                                                       \
        for (size_t j = 0; j < vectors; j++) {                                                       \
            size_t column = place->column + j * LANES;                                               \
            __mmask16 lanes = lanes_within(columns - place->column, j);                              \
            __m512 start = bias ? _mm512_maskz_loadu_ps(lanes, bias + column) : _mm512_setzero_ps(); \
            for (size_t i = 0; i < place->height; i++) {                                             \
                __m512 sum = _mm512_add_ps(_mm512_load_ps(sums + (i * vectors + j) * LANES), start); \
                __m512 value = activate(sum, activation, EXACTNESS);                                 \
                if (kind == CLIPSEG_RESULT_BFLOAT16)                                                 \
                    put_rounded(place, i, column, lanes, TO_BFLOAT16(value));                        \
                else                                                                                 \
                    put(place, i, column, lanes, value, kind);                                       \
            }                                                                                        \
        }                                                                                            \
    }                                                                                                \
    __attribute__((target(FEATURES))) static void NAME##_as(                                         \
        const tile_place *place, size_t columns, const float *bias, const float sums[],              \
        clipseg_activation activation, clipseg_result kind) {                                        \
        FINISH_AS(NAME, activation, kind, place, columns, bias, sums);                               \
    }
DEFINE_FINISH(float32_finish, AVX512, EXACT, to_bfloat16)
DEFINE_FINISH(bfloat16_finish, BF16, ROUGH, to_bfloat16_natively)

#define DEFINE_PRODUCT(NAME, KIND, BYTES)                                                                             \
    static void KIND##_sum_up(                                                                                        \
        const tile_rows *rows, size_t at, size_t bytes, const panel *panel, const char *next, float results[]) {      \
        const char *columns = panel->bytes + at * panel->width;                                                       \
        switch (panel->width) {                                                                                       \
        case LANES: KIND##_sum_up_1(rows, bytes, columns, next, results); break;                                      \
        case 2 * LANES: KIND##_sum_up_2(rows, bytes, columns, next, results); break;                                  \
        default: KIND##_sum_up_4(rows, bytes, columns, next, results); break;                                         \
        }                                                                                                             \
    }                                                                                                                 \
    void NAME(                                                                                                        \
        const clipseg_linear *layer, const void *source, size_t rows, size_t panel, size_t next,                      \
        clipseg_activation activation, clipseg_result kind, void *result) {                                           \
        multiply(                                                                                                     \
            layer, BYTES, BYTES, KIND##_sum_up, KIND##_finish_as, source, rows, panel, next, activation, kind,        \
            result);                                                                                                  \
    }
DEFINE_PRODUCT(clipseg_float32_product_avx512, float32, 4)
DEFINE_PRODUCT(clipseg_bfloat16_product_avx512, bfloat16, 2)

#endif
