#ifndef CLIPSEG_COPENAPI_H
#define CLIPSEG_COPENAPI_H

#include <stddef.h>
#include <stdint.h>

/// The bytes of `openapi.yaml`, embedded in the executable; constant, and as long-lived as the process.
const uint8_t *_Nonnull clipseg_openapi(size_t *_Nonnull count);

#endif
