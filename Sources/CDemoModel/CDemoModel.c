#include "CDemoModel.h"

#include <stdalign.h>
#include <string.h>

alignas(64) static const uint8_t config[] = {
#embed "checkpoint/config.json"
};
alignas(64) static const uint8_t merges[] = {
#embed "checkpoint/merges.txt"
};
alignas(64) static const uint8_t model[] = {
#embed "checkpoint/model.safetensors"
};
alignas(64) static const uint8_t preprocessor[] = {
#embed "checkpoint/preprocessor_config.json"
};
alignas(64) static const uint8_t vocabulary[] = {
#embed "checkpoint/vocab.json"
};

static const struct {
    const char *name;
    const uint8_t *bytes;
    size_t count;
} files[] = {
    {"config.json", config, sizeof config},
    {"merges.txt", merges, sizeof merges},
    {"model.safetensors", model, sizeof model},
    {"preprocessor_config.json", preprocessor, sizeof preprocessor},
    {"vocab.json", vocabulary, sizeof vocabulary},
};

const uint8_t *clipseg_demo_file(const char *name, size_t *count) {
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (strcmp(files[i].name, name) == 0) {
            *count = files[i].count;
            return files[i].bytes;
        }
    }
    *count = 0;
    return NULL;
}
