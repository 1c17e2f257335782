#include "CKernels.h"
#include "for_each_cpu.h"

#include <string.h>

typedef int32_t lanes __attribute__((vector_size(64)));
typedef uint8_t bytes __attribute__((vector_size(16)));

static const int32_t half = 1 << (CLIPSEG_RESAMPLING_BITS - 1);

// Macros, as a function that returns a vector would have to be compiled for one CPU.
#define WIDENED(pixels) \
    ({ \
        bytes loaded; \
        memcpy(&loaded, (pixels), sizeof loaded); \
        __builtin_convertvector(loaded, lanes); \
    })
#define LOADED(weights) \
    ({ \
        lanes loaded; \
        memcpy(&loaded, (weights), sizeof loaded); \
        loaded; \
    })
#define CLAMPED(sums) \
    __builtin_convertvector( \
        __builtin_elementwise_min( \
            __builtin_elementwise_max((sums) >> CLIPSEG_RESAMPLING_BITS, (lanes){0}), (lanes){0} + 255), \
        bytes)
#define SHUFFLED(sums, a, b, c, d, e, f) \
    __builtin_shufflevector(sums, sums, a, b, c, d, e, f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)

FOR_EACH_CPU
void clipseg_resample_row(
    const uint8_t *row, size_t row_bytes, const clipseg_window *windows, size_t count, uint8_t *output) {
    const size_t group_bytes = 3 * CLIPSEG_TAPS_PER_GROUP;
    for (size_t column = 0; column < count; column++) {
        const clipseg_window *window = &windows[column];
        const uint8_t *pixels = row + window->first * 3;
        const int32_t *weights = window->weights;
        size_t left = row_bytes - window->first * 3;
        // A group is loaded with the byte that follows.
        size_t whole = left > group_bytes ? (left - 1) / group_bytes : 0;
        if (whole > window->groups) whole = window->groups;
        lanes sums = {0};
        for (size_t group = 0; group < whole; group++) {
            sums += WIDENED(pixels) * LOADED(weights);
            pixels += group_bytes;
            weights += CLIPSEG_LANES_PER_GROUP;
        }
        if (whole < window->groups) {
            uint8_t end[sizeof(bytes)] = {0};
            memcpy(end, pixels, left - whole * group_bytes);
            sums += WIDENED(end) * LOADED(weights);
        }
        // Five pixels of three channels into one.
        lanes first_two = sums + SHUFFLED(sums, 6, 7, 8, 9, 10, 11);
        lanes first = first_two + SHUFFLED(first_two, 3, 4, 5, 0, 0, 0) + SHUFFLED(sums, 12, 13, 14, 0, 0, 0);
        bytes pixel = CLAMPED(first + half);
        for (size_t channel = 0; channel < 3; channel++) output[3 * column + channel] = pixel[channel];
    }
}

FOR_EACH_CPU
void clipseg_blend_rows(
    const uint8_t *rows, size_t row_bytes, const int32_t *weights, size_t count, uint8_t *output) {
    size_t column = 0;
    // Four vectors at a time, as one would wait for itself.
    for (; column + 4 * sizeof(bytes) <= row_bytes; column += 4 * sizeof(bytes)) {
        lanes sums[4];
        for (size_t part = 0; part < 4; part++) sums[part] = (lanes){0} + half;
        for (size_t tap = 0; tap < count; tap++) {
            const uint8_t *source = rows + tap * row_bytes + column;
            for (size_t part = 0; part < 4; part++) sums[part] += WIDENED(source + 16 * part) * weights[tap];
        }
        for (size_t part = 0; part < 4; part++) {
            bytes pixels = CLAMPED(sums[part]);
            memcpy(output + column + 16 * part, &pixels, sizeof pixels);
        }
    }
    for (; column < row_bytes; column++) {
        int32_t sum = half;
        for (size_t tap = 0; tap < count; tap++) sum += rows[tap * row_bytes + column] * weights[tap];
        sum >>= CLIPSEG_RESAMPLING_BITS;
        output[column] = (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
    }
}
