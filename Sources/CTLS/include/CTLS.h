// OpenSSL 3 for Swift: the library's own headers, and as functions those of its macros that Swift can't see.
#ifndef CTLS_H
#define CTLS_H

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

static inline int ctls_ctx_set_min_proto_version(SSL_CTX *ctx, int version) {
    return (int)SSL_CTX_set_min_proto_version(ctx, version);
}

static inline int ctls_ctx_set1_groups_list(SSL_CTX *ctx, const char *list) {
    return (int)SSL_CTX_set1_groups_list(ctx, list);
}

/// The settings whose names are macros of 64 bits, all that this server wants of them:
/// no renegotiation, by either side, as a handshake costs the server far more than the client; no compression, which leaks
/// lengths (RFC 7525 §3.3); no session tickets, sessions or cache (see TLSContext); the server's order of ciphers, except for
/// a client without AES instructions; and a connection closed without close_notify counts as ended (RFC 9112 §9.8).
/// Records are sent one at a time from wherever the bytes are at the moment, an idle connection holds no record buffers, and
/// whatever has arrived is received in one call rather than two for each record. Clients' certificates, those between them
/// and their authority included, have 32 KiB at most; the memory for them is taken before they are there.
static inline void ctls_ctx_configure(SSL_CTX *ctx) {
    SSL_CTX_set_options(ctx, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET |
                                 SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                                 SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(ctx, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(ctx, 1);
    SSL_CTX_set_max_cert_list(ctx, 32 * 1024);
}

/// Writes a name in the form of RFC 2253.
static inline void ctls_print_name(BIO *bio, const X509_NAME *name) {
    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253);
}

static inline void ctls_bio_clear_retry(BIO *bio) { BIO_clear_retry_flags(bio); }
static inline void ctls_bio_retry_read(BIO *bio) { BIO_set_retry_read(bio); }
static inline void ctls_bio_retry_write(BIO *bio) { BIO_set_retry_write(bio); }

#endif
