#include "CKernels.h"

#if defined(__x86_64__)

#include "epilogue.h"
#include "tile.h"

DEFINE_TILE(float32_tile, AVX512, __m512, STEP_FLOAT32)
DEFINE_TILE(bfloat16_tile, BF16, __m512, STEP_BFLOAT16)

// How much of a row is multiplied before the next row is: that much of a panel, 192 KB, stays in the second-level cache,
// and that much of six rows in the first-level one.
enum { INNER_BLOCK = 3072 };

// Functions of their own, so that nothing else competes for registers. Each vector of the rows takes a line of `next` along,
// memory that will be needed before long.
#define DEFINE_SUM_UP(NAME, FEATURES, TILE, VECTORS)                                                        \
    __attribute__((target(FEATURES), noinline)) static void NAME##_##VECTORS(                               \
        const tile_rows *rows, size_t bytes, const char *panel, const char *next, __m512 results[]) {       \
        __m512 sums[TILE_ROWS][PANEL_VECTORS];                                                              \
        UNROLL for (int i = 0; i < TILE_ROWS; i++)                                                          \
            UNROLL for (int j = 0; j < VECTORS; j++) sums[i][j] = _mm512_setzero_ps();                      \
        size_t whole = bytes / VECTOR * VECTOR;                                                             \
        for (size_t at = 0; at < whole; next += VECTOR) {                                                   \
            _mm_prefetch(next, _MM_HINT_T1);                                                                \
            for (size_t end = at + VECTOR; at < end; at += GROUP, panel += VECTORS * VECTOR)                \
                TILE##_group(rows, at, GROUP, panel, VECTORS, sums);                                        \
        }                                                                                                   \
        tile_rows rest = *rows;                                                                             \
        UNROLL for (int i = 0; i < TILE_ROWS; i++) rest.row[i] += whole;                                    \
        TILE(&rest, bytes - whole, panel, VECTORS, sums);                                                   \
        UNROLL for (int i = 0; i < TILE_ROWS; i++)                                                          \
            UNROLL for (int j = 0; j < VECTORS; j++) results[i * VECTORS + j] = sums[i][j];                 \
    }
#define DEFINE_SUM_UPS(NAME, FEATURES, TILE) \
    DEFINE_SUM_UP(NAME, FEATURES, TILE, 1)   \
    DEFINE_SUM_UP(NAME, FEATURES, TILE, 2)   \
    DEFINE_SUM_UP(NAME, FEATURES, TILE, 4)
DEFINE_SUM_UPS(float32_sum_up, AVX512, float32_tile)
DEFINE_SUM_UPS(bfloat16_sum_up, BF16, bfloat16_tile)

// Bias and activation on a tile's sums, and where they go.
#define DEFINE_FINISH(NAME, FEATURES, EXACTNESS, TO_BFLOAT16)                                                          \
    __attribute__((target(FEATURES))) ALWAYS_INLINE void NAME(                                                         \
        const tile_place *place, size_t columns, const float *bias, const __m512 sums[],                               \
        clipseg_activation activation, clipseg_result kind) {                                                          \
        size_t vectors = place->width / LANES;                                                                         \
        for (size_t j = 0; j < vectors; j++) {                                                                         \
            size_t column = place->column + j * LANES;                                                                 \
            __mmask16 lanes = lanes_within(columns - place->column, j);                                                \
            __m512 start = bias ? _mm512_maskz_loadu_ps(lanes, bias + column) : _mm512_setzero_ps();                   \
            for (size_t i = 0; i < place->height; i++) {                                                               \
                __m512 value = activate(_mm512_add_ps(sums[i * vectors + j], start), activation, EXACTNESS);           \
                if (kind == CLIPSEG_RESULT_BFLOAT16)                                                                   \
                    put_rounded(place, i, column, lanes, TO_BFLOAT16(value));                                          \
                else                                                                                                   \
                    put(place, i, column, lanes, value, kind);                                                         \
            }                                                                                                          \
        }                                                                                                              \
    }                                                                                                                  \
    __attribute__((target(FEATURES))) static void NAME##_as(                                                           \
        const tile_place *place, size_t columns, const float *bias, const __m512 sums[],                               \
        clipseg_activation activation, clipseg_result kind) {                                                          \
        FINISH_AS(NAME, activation, kind, place, columns, bias, sums);                                                 \
    }
DEFINE_FINISH(float32_finish, AVX512, EXACT, to_bfloat16)
DEFINE_FINISH(bfloat16_finish, BF16, ROUGH, to_bfloat16_natively)

typedef void sum_up(const tile_rows *rows, size_t bytes, const char *panel, const char *next, __m512 results[]);
typedef void finish(
    const tile_place *place, size_t columns, const float *bias, const __m512 sums[], clipseg_activation activation,
    clipseg_result kind);

// A block of the inner dimension: `bytes` of each row, from `source` on, times as much of a panel. Meanwhile as much from
// `next` on is fetched.
__attribute__((target(AVX512))) static void multiply_block(
    const clipseg_linear *layer, sum_up *sum_up, finish *finish, const char *source, size_t row_bytes, size_t bytes,
    size_t rows, const char *panel, const char *next, const float *bias, clipseg_activation activation,
    clipseg_result kind, tile_place place) {
    // What each tile fetches; of few tiles each must fetch more than it takes along while it is summed up.
    size_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS, along = bytes / VECTOR * VECTOR;
    size_t share = (bytes / GROUP * place.width * GROUP / tiles + VECTOR - 1) / VECTOR * VECTOR;
    for (size_t first = 0; first < rows; first += TILE_ROWS) {
        place.height = rows - first < TILE_ROWS ? rows - first : TILE_ROWS;
        tile_rows tile = tile_rows_at(source + first * row_bytes, row_bytes, place.height);
        if (kind == CLIPSEG_RESULT_ADDED) prefetch_result(&place);
        for (size_t ahead = along; ahead < share; ahead += VECTOR) _mm_prefetch(next + ahead, _MM_HINT_T1);
        __m512 sums[TILE_ROWS * PANEL_VECTORS];
        sum_up(&tile, bytes, panel, next, sums);
        finish(&place, layer->columns, bias, sums, activation, kind);
        place.result += TILE_ROWS * place.result_stride;
        next += share;
    }
}

ALWAYS_INLINE void multiply(
    const clipseg_linear *layer, size_t element_bytes, sum_up *sum_up, finish *finish, const char *source, size_t rows,
    size_t panel, size_t next, clipseg_activation activation, clipseg_result kind, char *result) {
    size_t row_bytes = layer->inner * element_bytes;
    size_t width = clipseg_panel_columns(layer->columns), panel_size = clipseg_panels_size(width, row_bytes);
    const char *columns = (const char *)layer->panels + panel * panel_size;
    // What follows the last panel need not be memory at all: fetching ahead never fails.
    const char *next_columns = (const char *)layer->panels + next * panel_size;
    tile_place place = {0, panel * width, width, result, layer->columns * (kind == CLIPSEG_RESULT_BFLOAT16 ? 2 : 4)};
    // Sums that wait for those of the next block wait in the result.
    bool in_blocks = activation == CLIPSEG_IDENTITY && kind != CLIPSEG_RESULT_BFLOAT16;
    size_t block = in_blocks ? INNER_BLOCK : row_bytes;
    const float *bias = layer->bias;
    for (size_t at = 0; at < row_bytes; at += block) {
        size_t bytes = row_bytes - at < block ? row_bytes - at : block;
        multiply_block(
            layer, sum_up, finish, source + at, row_bytes, bytes, rows, columns + at * width,
            next_columns + at * width, bias, activation, kind, place);
        bias = NULL;
        kind = in_blocks ? CLIPSEG_RESULT_ADDED : kind;
    }
}

#define DEFINE_PRODUCT(NAME, KIND, BYTES)                                                                     \
    void NAME(                                                                                                \
        const clipseg_linear *layer, const void *source, size_t rows, size_t panel, size_t next,              \
        clipseg_activation activation, clipseg_result kind, void *result) {                                   \
        sum_up *sum_up = KIND##_sum_up_4;                                                                     \
        switch (clipseg_panel_columns(layer->columns)) {                                                      \
        case LANES: sum_up = KIND##_sum_up_1; break;                                                          \
        case 2 * LANES: sum_up = KIND##_sum_up_2; break;                                                      \
        }                                                                                                     \
        multiply(layer, BYTES, sum_up, KIND##_finish_as, source, rows, panel, next, activation, kind, result); \
    }
DEFINE_PRODUCT(clipseg_float32_product, float32, 4)
DEFINE_PRODUCT(clipseg_bfloat16_product, bfloat16, 2)

#endif
