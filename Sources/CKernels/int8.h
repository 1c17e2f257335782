// The way of a linear layer in 8 bits through a panel, whatever the CPU.
#ifndef CLIPSEG_INT8_H
#define CLIPSEG_INT8_H

#include "tile.h"

// Sums up a tile, each row from its start on.
typedef void int8_sum_up(
    const tile_rows *rows, const panel *panel, const int32_t starts[TILE_ROWS], int32_t results[]);
// Scales, bias and activation on a tile's sums, and where they go.
typedef void int8_finish(
    const tile_place *place, const clipseg_int8_layer *layer, const float *row_scales, const int32_t sums[],
    clipseg_activation activation, clipseg_result kind);

// The source's rows lie `row_bytes` apart.
ALWAYS_INLINE void multiply_int8(
    const clipseg_int8_layer *layer, int8_sum_up *sum_up, int8_finish *finish, const char *source, size_t row_bytes,
    const float *row_scales, const int32_t *row_starts, size_t rows, size_t number, size_t next,
    clipseg_activation activation, clipseg_result kind, char *result) {
    size_t width = clipseg_panel_columns(layer->columns), size = clipseg_panels_size(width, layer->inner);
    size_t tiles = (rows + TILE_ROWS - 1) / TILE_ROWS, share = (size / tiles + VECTOR - 1) / VECTOR * VECTOR;
    panel columns = {(const char *)layer->panels + number * size, width, layer->inner};
    // What follows the last panel need not be memory at all: fetching ahead never fails.
    const char *ahead = (const char *)layer->panels + next * size;
    tile_place place = {0, number * width, width, result, layer->columns * (kind == CLIPSEG_RESULT_BFLOAT16 ? 2 : 4)};
    for (size_t first = 0; first < rows; first += TILE_ROWS) {
        place.height = rows - first < TILE_ROWS ? rows - first : TILE_ROWS;
        tile_rows tile = tile_rows_at(source + first * row_bytes, row_bytes, place.height);
        int32_t starts[TILE_ROWS] = {};
        memcpy(starts, row_starts + first, place.height * sizeof(int32_t));
        if (kind == CLIPSEG_RESULT_ADDED) prefetch_result(&place);
        for (size_t at = 0; at < share; at += VECTOR) _mm_prefetch(ahead + at, _MM_HINT_T1);
        _Alignas(VECTOR) int32_t sums[TILE_ROWS * PANEL_VECTORS * LANES];
        sum_up(&tile, &columns, starts, sums);
        finish(&place, layer, row_scales + first, sums, activation, kind);
        place.result += TILE_ROWS * place.result_stride;
        ahead += share;
    }
}

#endif
