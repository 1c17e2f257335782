#include "COpenAPI.h"

static const uint8_t document[] = {
#embed "../../openapi.yaml"
};

const uint8_t *clipseg_openapi(size_t *count) {
    *count = sizeof document;
    return document;
}
