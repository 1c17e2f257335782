#include "CKernels.h"
#include "for_each_cpu.h"

#include <math.h>
#include <string.h>

FOR_EACH_CPU
void clipseg_layer_norm(
    const float *row, size_t count, const float *gain, const float *offset, float epsilon, float *output) {
#pragma clang fp reassociate(on)
    float sum = 0, squares = 0;
    for (size_t i = 0; i < count; i++) sum += row[i];
    float mean = sum / (float)count;
    for (size_t i = 0; i < count; i++) squares += (row[i] - mean) * (row[i] - mean);
    float scale = 1 / sqrtf(squares / (float)count + epsilon);
    for (size_t i = 0; i < count; i++) output[i] = (row[i] - mean) * scale * gain[i] + offset[i];
}

// e^x for x <= 0, to about one unit in the last place: x = n ln 2 + r with |r| <= ln 2 / 2, e^r by the Taylor series
// to r^7, 2^n put straight into the exponent. Below the smallest normal float the result is 0.
static inline float exponential(float x) {
    const float shift = 0x1.8p23f;  // adding it rounds to an integer that stands in the low bits
    const float high = 0.693359375f, low = -2.12194440e-4f;  // their sum is ln 2; n * high is exact
    float clamped = x < -87.0f ? -87.0f : x;
    float shifted = clamped * 1.44269504f + shift;
    float n = shifted - shift;
    float r = (clamped - n * high) - n * low;
    float p = 1.0f / 5040;
    p = p * r + 1.0f / 720;
    p = p * r + 1.0f / 120;
    p = p * r + 1.0f / 24;
    p = p * r + 1.0f / 6;
    p = p * r + 0.5f;
    p = p * r + 1.0f;
    p = p * r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits + 127) << 23;
    float power;
    memcpy(&power, &bits, sizeof power);
    return x < -87.0f ? 0.0f : p * power;
}

static inline float larger(float a, float b) { return a > b ? a : b; }

FOR_EACH_CPU
void clipseg_softmax(float *row, size_t count) {
#pragma clang fp reassociate(on)
    // Lanes by hand: compilers keep a plain maximum in order, for the sake of NaN and -0.
    enum { LANES = 16 };
    float peaks[LANES], peak = -INFINITY, sum = 0;
    size_t whole = count / LANES * LANES;
    for (size_t lane = 0; lane < LANES; lane++) peaks[lane] = -INFINITY;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++) peaks[lane] = larger(row[i + lane], peaks[lane]);
    for (size_t lane = 0; lane < LANES; lane++) peak = larger(peaks[lane], peak);
    for (size_t i = whole; i < count; i++) peak = larger(row[i], peak);
    for (size_t i = 0; i < count; i++) {
        row[i] = exponential(row[i] - peak);
        sum += row[i];
    }
    float scale = 1 / sum;
    for (size_t i = 0; i < count; i++) row[i] *= scale;
}

FOR_EACH_CPU
void clipseg_to_bfloat16(const float *source, size_t count, uint16_t *output) {
    for (size_t i = 0; i < count; i++) {
        uint32_t bits;
        memcpy(&bits, &source[i], sizeof bits);
        // A NaN stays one: rounding could carry its payload away.
        uint32_t rounded = bits + 0x7fff + ((bits >> 16) & 1);
        output[i] = (uint16_t)((bits & 0x7fffffff) > 0x7f800000 ? bits >> 16 | 0x40 : rounded >> 16);
    }
}

FOR_EACH_CPU
void clipseg_from_bfloat16(const void *source, size_t count, float *output) {
    for (size_t i = 0; i < count; i++) {
        uint16_t half;
        memcpy(&half, (const char *)source + i * sizeof half, sizeof half);
        uint32_t bits = (uint32_t)half << 16;
        memcpy(&output[i], &bits, sizeof bits);
    }
}

FOR_EACH_CPU
void clipseg_from_float16(const void *source, size_t count, float *output) {
    for (size_t i = 0; i < count; i++) {
        _Float16 half;
        memcpy(&half, (const char *)source + i * sizeof half, sizeof half);
        output[i] = (float)half;
    }
}

FOR_EACH_CPU
void clipseg_to_float16(const float *source, size_t count, uint16_t *output) {
    for (size_t i = 0; i < count; i++) {
        _Float16 half = (_Float16)source[i];
        memcpy(&output[i], &half, sizeof half);
    }
}

FOR_EACH_CPU
float clipseg_to_int8(const float *row, size_t count, int8_t *output) {
    enum { LANES = 16 };
    float peaks[LANES] = {0}, peak = 0;
    size_t whole = count / LANES * LANES;
    for (size_t i = 0; i < whole; i += LANES)
        for (size_t lane = 0; lane < LANES; lane++) peaks[lane] = larger(fabsf(row[i + lane]), peaks[lane]);
    for (size_t lane = 0; lane < LANES; lane++) peak = larger(peaks[lane], peak);
    for (size_t i = whole; i < count; i++) peak = larger(fabsf(row[i]), peak);
    const float shift = 0x1.8p23f;  // adding it rounds to an integer that stands in the low bits
    // Below this the inverse would overflow; such numbers are as good as 0.
    float inverse = peak > 0x1p-120f ? 127 / peak : 0;
    for (size_t i = 0; i < count; i++) {
        float shifted = row[i] * inverse + shift;
        uint32_t bits;
        memcpy(&bits, &shifted, sizeof bits);
        output[i] = (int8_t)bits;
    }
    return inverse > 0 ? peak / 127 : 0;
}

FOR_EACH_CPU
void clipseg_from_int8(const int8_t *row, size_t count, float scale, float *output) {
    for (size_t i = 0; i < count; i++) output[i] = (float)row[i] * scale;
}
