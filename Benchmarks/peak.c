// The most that this CPU's cores can do: multiply-adds in registers, on as many threads as the argument says.
// Prints a JSON object: operations a second for fp32, bf16 and int8; null where the CPU can't.
#include <immintrin.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

// More than the latency of a multiply-add times two units, and with the factor no more than AVX2's 16 registers.
enum { accumulators = 12, rounds = 4096 };
static const double duration = 0.5;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

// One round is an instruction for each accumulator; their values are unknown to the compiler.
#define MEASURE(name, features, type, instruction, operations)                                   \
    __attribute__((target(features))) static void *name(void *result) {                         \
        type sums[accumulators] = {0}, factor = {0};                                             \
        __asm__ volatile("" : "+v"(factor));                                                     \
        double begin = now(), elapsed;                                                           \
        long count = 0;                                                                          \
        do {                                                                                     \
            for (int round = 0; round < rounds; ++round) {                                       \
                for (int index = 0; index < accumulators; ++index)                               \
                    __asm__ volatile(instruction " %1, %1, %0" : "+v"(sums[index]) : "v"(factor)); \
            }                                                                                    \
            count += (long)rounds * accumulators;                                                \
        } while ((elapsed = now() - begin) < duration);                                          \
        *(double *)result = count * (double)(operations) / elapsed;                              \
        return NULL;                                                                             \
    }

MEASURE(fp32_avx512, "avx512f", __m512, "vfmadd231ps", 2 * 16)
MEASURE(bf16_avx512, "avx512f", __m512, "vdpbf16ps", 2 * 32)
MEASURE(int8_avx512, "avx512f", __m512i, "vpdpbusd", 2 * 64)
MEASURE(fp32_avx2, "avx2,fma", __m256, "vfmadd231ps", 2 * 8)

static void report(const char *name, void *(*measure)(void *), int threads, const char *separator) {
    if (measure == NULL) {
        printf("\"%s\": null%s", name, separator);
        return;
    }
    pthread_t handles[threads];
    double results[threads], total = 0;
    for (int index = 0; index < threads; ++index) pthread_create(&handles[index], NULL, measure, &results[index]);
    for (int index = 0; index < threads; ++index) {
        pthread_join(handles[index], NULL);
        total += results[index];
    }
    printf("\"%s\": %.4g%s", name, total, separator);
}

int main(int count, char **arguments) {
    int threads = count > 1 ? atoi(arguments[1]) : 1;
    int wide = __builtin_cpu_supports("avx512f");
    printf("{");
    report("fp32", wide ? fp32_avx512 : fp32_avx2, threads, ", ");
    report("bf16", __builtin_cpu_supports("avx512bf16") ? bf16_avx512 : NULL, threads, ", ");
    report("int8", __builtin_cpu_supports("avx512vnni") ? int8_avx512 : NULL, threads, "}\n");
}
