#include "CWebPages.h"

#include <string.h>

static const uint8_t box_js[] = {
#embed "pages/box.js"
};
static const uint8_t curl_js[] = {
#embed "pages/curl.js"
};
static const uint8_t docs_css[] = {
#embed "pages/docs.css"
};
static const uint8_t docs_html[] = {
#embed "pages/docs.html"
};
static const uint8_t docs_js[] = {
#embed "pages/docs.js"
};
static const uint8_t example[] = {
#embed "../../Tests/Scenes/scene-2023.jpg"
};
static const uint8_t pixels_js[] = {
#embed "pages/pixels.js"
};
static const uint8_t playground_css[] = {
#embed "pages/playground.css"
};
static const uint8_t playground_html[] = {
#embed "pages/playground.html"
};
static const uint8_t playground_js[] = {
#embed "pages/playground.js"
};
static const uint8_t png_js[] = {
#embed "pages/png.js"
};
static const uint8_t style_css[] = {
#embed "pages/style.css"
};
static const uint8_t yaml_js[] = {
#embed "pages/yaml.js"
};

static const struct {
    const char *name;
    const uint8_t *bytes;
    size_t count;
} files[] = {
    {"box.js", box_js, sizeof box_js},
    {"curl.js", curl_js, sizeof curl_js},
    {"docs.css", docs_css, sizeof docs_css},
    {"docs.html", docs_html, sizeof docs_html},
    {"docs.js", docs_js, sizeof docs_js},
    {"example.jpg", example, sizeof example},
    {"pixels.js", pixels_js, sizeof pixels_js},
    {"playground.css", playground_css, sizeof playground_css},
    {"playground.html", playground_html, sizeof playground_html},
    {"playground.js", playground_js, sizeof playground_js},
    {"png.js", png_js, sizeof png_js},
    {"style.css", style_css, sizeof style_css},
    {"yaml.js", yaml_js, sizeof yaml_js},
};

const uint8_t *clipseg_web_page(const char *name, size_t *count) {
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        if (strcmp(files[i].name, name) == 0) {
            *count = files[i].count;
            return files[i].bytes;
        }
    }
    *count = 0;
    return NULL;
}
