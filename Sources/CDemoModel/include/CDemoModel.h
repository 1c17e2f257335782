#ifndef CLIPSEG_CDEMOMODEL_H
#define CLIPSEG_CDEMOMODEL_H

#include <stddef.h>
#include <stdint.h>

/// The demo checkpoint, embedded in the executable: a folder as `save_pretrained` writes it, file by file.
/// How it was made, and what it can and can't do, is told in `Training/README.md`.

/// The bytes of one file of the demo checkpoint.
///
/// The bytes are constant, live as long as the process, and start at a multiple of 64, so tensors can be read in place
/// as from a memory-mapped file.
///
/// @param name   One of `config.json`, `merges.txt`, `model.safetensors`, `preprocessor_config.json`, `vocab.json`.
/// @param count  Receives the number of bytes; 0 if there is no such file.
/// @return       The first byte, or null if the checkpoint has no file of this name.
const uint8_t *_Nullable clipseg_demo_file(const char *_Nonnull name, size_t *_Nonnull count);

#endif
