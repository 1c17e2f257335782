#ifndef CLIPSEG_CWEBPAGES_H
#define CLIPSEG_CWEBPAGES_H

#include <stddef.h>
#include <stdint.h>

/// The files of the pages that the service shows in a browser, embedded in the executable.
///
/// @param name   A file of the folder `pages`.
/// @param count  Receives the number of bytes; 0 if there is no such file.
/// @return       The first byte, constant and as long-lived as the process, or null if there is no file of this name.
const uint8_t *_Nullable clipseg_web_page(const char *_Nonnull name, size_t *_Nonnull count);

#endif
