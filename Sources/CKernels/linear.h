// The way of a linear layer through its panels, whatever the CPU.
#ifndef CLIPSEG_LINEAR_H
#define CLIPSEG_LINEAR_H

#include "tile.h"

// How much of a row is multiplied before the next row is: that much of a panel, 192 KB, stays in the second-level cache,
// and that much of six rows in the first-level one.
enum { INNER_BLOCK = 3072 };

// Sums up a tile over `bytes` of its rows, which begin with the inner dimension's byte `at`; fetches as many bytes from
// `next` on meanwhile, whole vectors.
typedef void sum_up(
    const tile_rows *rows, size_t at, size_t bytes, const panel *panel, const char *next, float results[]);
// Bias and activation on a tile's sums, and where they go.
typedef void finish(
    const tile_place *place, size_t columns, const float *bias, const float sums[], clipseg_activation activation,
    clipseg_result kind);

// A block of the inner dimension: `bytes` of each row, from byte `at` on, times as much of a panel. Meanwhile `ahead` bytes
// from `next` on are fetched.
static void multiply_block(
    const clipseg_linear *layer, sum_up *sum_up, finish *finish, const char *source, size_t row_bytes, size_t at,
    size_t bytes, size_t rows, const panel *panel, const char *next, size_t ahead, const float *bias,
    clipseg_activation activation, clipseg_result kind, tile_place place) {
    // What each tile fetches; of few tiles each must fetch more than it takes along while it is summed up.
    size_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS, along = bytes / VECTOR * VECTOR;
    size_t share = (ahead / tiles + VECTOR - 1) / VECTOR * VECTOR;
    for (size_t first = 0; first < rows; first += TILE_ROWS) {
        place.height = rows - first < TILE_ROWS ? rows - first : TILE_ROWS;
        tile_rows tile = tile_rows_at(source + first * row_bytes + at, row_bytes, place.height);
        if (kind == CLIPSEG_RESULT_ADDED) prefetch_result(&place);
        for (size_t line = along; line < share; line += VECTOR) _mm_prefetch(next + line, _MM_HINT_T1);
        _Alignas(VECTOR) float sums[TILE_ROWS * PANEL_VECTORS * LANES];
        sum_up(&tile, at, bytes, panel, next, sums);
        finish(&place, layer->columns, bias, sums, activation, kind);
        place.result += TILE_ROWS * place.result_stride;
        next += share;
    }
}

// The source's numbers take `source_bytes`, the weights' `weight_bytes` each.
ALWAYS_INLINE void multiply(
    const clipseg_linear *layer, size_t source_bytes, size_t weight_bytes, sum_up *sum_up, finish *finish,
    const char *source, size_t rows, size_t number, size_t next, clipseg_activation activation, clipseg_result kind,
    char *result) {
    size_t row_bytes = layer->inner * source_bytes, column_bytes = layer->inner * weight_bytes;
    size_t width = clipseg_panel_columns(layer->columns), panel_size = clipseg_panels_size(width, column_bytes);
    panel columns = {(const char *)layer->panels + number * panel_size, width, column_bytes};
    // What follows the last panel need not be memory at all: fetching ahead never fails.
    const char *next_columns = (const char *)layer->panels + next * panel_size;
    tile_place place = {0, number * width, width, result, layer->columns * (kind == CLIPSEG_RESULT_BFLOAT16 ? 2 : 4)};
    // Sums that wait for those of the next block wait in the result.
    bool in_blocks = activation == CLIPSEG_IDENTITY && kind != CLIPSEG_RESULT_BFLOAT16;
    size_t block = in_blocks ? INNER_BLOCK : row_bytes;
    const float *bias = layer->bias;
    for (size_t at = 0; at < row_bytes; at += block) {
        size_t bytes = row_bytes - at < block ? row_bytes - at : block, ahead = panel_size * bytes / row_bytes;
        multiply_block(
            layer, sum_up, finish, source, row_bytes, at, bytes, rows, &columns, next_columns, ahead, bias, activation,
            kind, place);
        next_columns += ahead;
        bias = NULL;
        kind = in_blocks ? CLIPSEG_RESULT_ADDED : kind;
    }
}

#endif
