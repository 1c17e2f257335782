// libcurl for Swift: the library's own header, and its variadic functions with the types that are used.
#ifndef CCURL_H
#define CCURL_H

#include <curl/curl.h>

/// What libcurl calls with the bytes of a header line or of a body; another answer than `size * count` ends the transfer.
typedef size_t (*ccurl_receiver)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode ccurl_set_long(CURL *curl, CURLoption option, long value) {
    return curl_easy_setopt(curl, option, value);
}

/// libcurl keeps a copy of the text.
static inline CURLcode ccurl_set_string(CURL *curl, CURLoption option, const char *value) {
    return curl_easy_setopt(curl, option, value);
}

/// libcurl does not copy the list: free it after the transfer.
static inline CURLcode ccurl_set_headers(CURL *curl, struct curl_slist *headers) {
    return curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
}

static inline CURLcode ccurl_set_header_receiver(CURL *curl, ccurl_receiver receiver, void *context) {
    CURLcode code = curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, receiver);
    return code ? code : curl_easy_setopt(curl, CURLOPT_HEADERDATA, context);
}

static inline CURLcode ccurl_set_body_receiver(CURL *curl, ccurl_receiver receiver, void *context) {
    CURLcode code = curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receiver);
    return code ? code : curl_easy_setopt(curl, CURLOPT_WRITEDATA, context);
}

/// The status of the last answer; 0 if there was none.
static inline long ccurl_status(CURL *curl) {
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

/// What libcurl calls every second or more often; another answer than 0 ends the transfer.
typedef int (*ccurl_progress)(
    void *context, curl_off_t download_total, curl_off_t download, curl_off_t upload_total, curl_off_t upload);

static inline CURLcode ccurl_set_progress(CURL *curl, ccurl_progress progress, void *context) {
    CURLcode code = curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    if (!code) code = curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, progress);
    return code ? code : curl_easy_setopt(curl, CURLOPT_XFERINFODATA, context);
}

/// Makes the request a POST. libcurl keeps a copy of the body.
static inline CURLcode ccurl_set_body(CURL *curl, const void *body, size_t count) {
    CURLcode code = curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
    return code ? code : curl_easy_setopt(curl, CURLOPT_COPYPOSTFIELDS, body);
}

#endif
