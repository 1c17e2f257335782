// The way of a linear layer in 8 bits through a panel, whatever the CPU.
#ifndef CLIPSEG_INT8_H
#define CLIPSEG_INT8_H

#include "tile.h"

// Sums up a tile over `bytes` of its rows and a panel of `width` columns, each row from its start on.
typedef void int8_sum_up(
    const tile_rows *rows, size_t bytes, const char *panel, size_t width, const int32_t starts[TILE_ROWS],
    int32_t results[]);
// Scales, bias and activation on a tile's sums, and where they go.
typedef void int8_finish(
    const tile_place *place, const clipseg_int8_layer *layer, const float *row_scales, const int32_t sums[],
    clipseg_activation activation, clipseg_result kind);

ALWAYS_INLINE void multiply_int8(
    const clipseg_int8_layer *layer, int8_sum_up *sum_up, int8_finish *finish, const int8_t *source,
    const float *row_scales, const int32_t *row_starts, size_t rows, size_t panel, size_t next,
    clipseg_activation activation, clipseg_result kind, char *result) {
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
        _Alignas(VECTOR) int32_t sums[TILE_ROWS * PANEL_VECTORS * LANES];
        sum_up(&tile, layer->inner, columns, width, starts, sums);
        finish(&place, layer, row_scales + first, sums, activation, kind);
        place.result += TILE_ROWS * place.result_stride;
        ahead += share;
    }
}

#endif
