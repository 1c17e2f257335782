// Attention with keys and values in panels, whatever the CPU.
#ifndef CLIPSEG_ATTENTION_H
#define CLIPSEG_ATTENTION_H

#include "tile.h"

// The scores of a tile: for each row as many as fill whole vectors and, in bfloat16, whole groups too.
static size_t score_stride(size_t keys) { return (keys + 63) / 64 * 64; }

// Six queries at a time: their scores stay in the first-level cache from the first product to the second.
#define DEFINE_ATTEND(NAME, FEATURES, MULTIPLY, EXPONENTIALS, STORE, BYTES)                                        \
    __attribute__((target(FEATURES))) void NAME(                                                                   \
        const clipseg_attention_head *head, const void *queries, size_t stride, size_t first, size_t count,        \
        void *scratch, void *result, size_t result_stride) {                                                       \
        size_t score_width = score_stride(head->keys), row_bytes = head->width * BYTES;                            \
        size_t key_columns = clipseg_panel_columns(head->keys), width = clipseg_panel_columns(head->width);        \
        size_t key_panel = clipseg_panels_size(key_columns, row_bytes);                                            \
        size_t value_panel = clipseg_panels_size(width, head->keys * BYTES);                                       \
        float *scores = scratch, values[TILE_ROWS * PANEL_VECTORS * LANES], factors[TILE_ROWS];                    \
        for (size_t start = 0; start < count; start += TILE_ROWS) {                                                \
            size_t height = count - start < TILE_ROWS ? count - start : TILE_ROWS;                                 \
            size_t visible = head->causal ? first + start + height : head->keys;                                   \
            tile_rows rows = tile_rows_at((const char *)queries + start * stride, stride, height);                 \
            panel keys = {head->packed_keys, key_columns, row_bytes};                                              \
            for (size_t key = 0; key < visible; key += key_columns, keys.bytes += key_panel)                       \
                MULTIPLY(&rows, row_bytes, &keys, scores + key, score_width);                                      \
            for (size_t i = 0; i < height; i++)                                                                    \
                factors[i] = EXPONENTIALS(                                                                         \
                    scores + i * score_width, head->causal ? first + start + i + 1 : visible, visible,             \
                    head->scale);                                                                                  \
            rows = tile_rows_at(scores, score_width * sizeof(float), height);                                      \
            panel columns = {head->packed_values, width, head->keys * BYTES};                                      \
            for (size_t column = 0; column < head->width; column += width, columns.bytes += value_panel) {         \
                MULTIPLY(&rows, visible * BYTES, &columns, values, width);                                         \
                size_t here = head->width - column < width ? head->width - column : width;                         \
                for (size_t i = 0; i < height; i++)                                                                \
                    STORE(                                                                                         \
                        values + i * width, factors[i], here,                                                      \
                        (char *)result + (start + i) * result_stride + column * BYTES);                            \
            }                                                                                                      \
        }                                                                                                          \
    }
#endif
