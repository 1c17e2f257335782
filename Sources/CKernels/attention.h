// Attention with keys and values in panels, whatever the CPU.
#ifndef CLIPSEG_ATTENTION_H
#define CLIPSEG_ATTENTION_H

#include "tile.h"

typedef enum element { FLOAT32, BFLOAT16 } element;

// The scores of a tile: for each row as many as fill whole vectors and, in bfloat16, whole groups too.
static size_t score_stride(size_t keys) { return (keys + 63) / 64 * 64; }

// Six queries at a time: their scores stay in the first-level cache from the first product to the second.
#define DEFINE_ATTEND(NAME, FEATURES, MULTIPLY, EXPONENTIALS, ELEMENT, BYTES)                                      \
    __attribute__((target(FEATURES))) void NAME(                                                                   \
        const clipseg_attention_head *head, const void *queries, size_t stride, size_t first, size_t count,        \
        void *scratch, void *result, size_t result_stride) {                                                       \
        size_t score_width = score_stride(head->keys), row_bytes = head->width * BYTES;                            \
        size_t key_columns = clipseg_panel_columns(head->keys), columns = clipseg_panel_columns(head->width);      \
        size_t key_panel = clipseg_panels_size(key_columns, row_bytes);                                            \
        size_t value_panel = clipseg_panels_size(columns, head->keys * BYTES);                                     \
        float *scores = scratch, values[TILE_ROWS * PANEL_VECTORS * LANES], factors[TILE_ROWS];                    \
        for (size_t start = 0; start < count; start += TILE_ROWS) {                                                \
            size_t height = count - start < TILE_ROWS ? count - start : TILE_ROWS;                                 \
            size_t visible = head->causal ? first + start + height : head->keys;                                   \
            tile_rows rows = tile_rows_at((const char *)queries + start * stride, stride, height);                 \
            for (size_t key = 0; key < visible; key += key_columns)                                                \
                MULTIPLY(                                                                                          \
                    &rows, row_bytes, (const char *)head->packed_keys + key / key_columns * key_panel, key_columns, \
                    scores + key, score_width);                                                                    \
            for (size_t i = 0; i < height; i++)                                                                    \
                factors[i] = EXPONENTIALS(                                                                         \
                    scores + i * score_width, head->causal ? first + start + i + 1 : visible, visible,             \
                    head->scale);                                                                                  \
            rows = tile_rows_at(scores, score_width * sizeof(float), height);                                      \
            for (size_t column = 0; column < head->width; column += columns) {                                     \
                MULTIPLY(                                                                                          \
                    &rows, visible * BYTES, (const char *)head->packed_values + column / columns * value_panel,     \
                    columns, values, columns);                                                                     \
                size_t here = head->width - column < columns ? head->width - column : columns;                     \
                for (size_t i = 0; i < height; i++)                                                                \
                    store(                                                                                         \
                        values + i * columns, factors[i], here,                                                    \
                        (char *)result + (start + i) * result_stride + column * BYTES, ELEMENT);                   \
            }                                                                                                      \
        }                                                                                                          \
    }
#endif
