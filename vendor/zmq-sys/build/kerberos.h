/* Included in front of each of libzmq's sources where GSSAPI is built in.

   4.3.5 trusts a peer that has come through the handshake: what it sent without encryption, or encrypted and empty, is the
   end of the process (gssapi_mechanism_base.cpp, `decode_message`). Such a token is taken for one that cannot be read instead.

   And it trusts one that has not: a client whose server answers the handshake with rubbish reads and frees the answer again
   and again, since it keeps the pointer (gssapi_client.cpp, `initialize_context`). The token is freed here, so that there is
   none left to be freed.

   And it forgets to free:

   - gssapi_mechanism_base.cpp, `encode_message`: every message that it sends encrypted, as it was before.
   - gssapi_client.cpp and gssapi_server.cpp: the name of the own principal, for each connection.
   - gssapi_mechanism_base.cpp, `process_initiate`: what came of a handshake that is refused, as long as a stranger likes, and what
     was still to be sent of one that ends.
   - gssapi_mechanism_base.cpp, `acquire_credentials`: the name of whom there is no key for.

   The destructor is told from others by its line, as in session.h. */
#if defined __cplusplus && !defined RSZMQ_KERBEROS_H
#define RSZMQ_KERBEROS_H

#include <stdlib.h>
#include <gssapi/gssapi.h>

static inline OM_uint32 rszmq_gss_unwrap (OM_uint32 *minor_status_,
                                          gss_ctx_id_t context_,
                                          gss_buffer_t wrapped_,
                                          gss_buffer_t plaintext_,
                                          int *is_encrypted_,
                                          gss_qop_t *qop_)
{
    plaintext_->value = NULL;
    plaintext_->length = 0;
    const OM_uint32 status =
      gss_unwrap (minor_status_, context_, wrapped_, plaintext_, is_encrypted_, qop_);
    /* The first byte is libzmq's own. It releases what is refused. */
    if (status == GSS_S_COMPLETE && (!*is_encrypted_ || plaintext_->length == 0))
        return GSS_S_DEFECTIVE_TOKEN;
    return status;
}

static inline OM_uint32 rszmq_gss_init_sec_context (OM_uint32 *minor_status_,
                                                    gss_cred_id_t credentials_,
                                                    gss_ctx_id_t *context_,
                                                    gss_name_t target_,
                                                    gss_OID mechanism_,
                                                    OM_uint32 flags_,
                                                    OM_uint32 time_,
                                                    gss_channel_bindings_t bindings_,
                                                    gss_buffer_t token_,
                                                    gss_OID *actual_mechanism_,
                                                    gss_buffer_t answer_,
                                                    OM_uint32 *actual_flags_,
                                                    OM_uint32 *actual_time_)
{
    const OM_uint32 status = gss_init_sec_context (
      minor_status_, credentials_, context_, target_, mechanism_, flags_, time_, bindings_,
      token_, actual_mechanism_, answer_, actual_flags_, actual_time_);
    if (token_ != GSS_C_NO_BUFFER) {
        /* libzmq allocated it so, and frees it next. */
        free (token_->value);
        token_->value = NULL;
        token_->length = 0;
    }
    return status;
}

static inline OM_uint32 rszmq_gss_wrap (OM_uint32 *minor_status_,
                                        gss_ctx_id_t context_,
                                        int is_encrypted_,
                                        gss_qop_t qop_,
                                        gss_buffer_t plaintext_,
                                        int *was_encrypted_,
                                        gss_buffer_t wrapped_)
{
    const OM_uint32 status = gss_wrap (minor_status_, context_, is_encrypted_, qop_, plaintext_,
                                       was_encrypted_, wrapped_);
    /* libzmq allocated it so, and does not look at it again. */
    free (plaintext_->value);
    plaintext_->value = NULL;
    plaintext_->length = 0;
    return status;
}

static inline OM_uint32 rszmq_gss_import_name (OM_uint32 *minor_status_,
                                               gss_buffer_t text_,
                                               gss_OID type_,
                                               gss_name_t *name_)
{
    const OM_uint32 status = gss_import_name (minor_status_, text_, type_, name_);
    /* The text is somebody else's; a client has it where its next token will be, which is released at its end. */
    text_->value = NULL;
    text_->length = 0;
    return status;
}

static inline OM_uint32 rszmq_gss_acquire_cred (OM_uint32 *minor_status_,
                                                gss_name_t name_,
                                                OM_uint32 time_,
                                                gss_OID_set mechanisms_,
                                                gss_cred_usage_t usage_,
                                                gss_cred_id_t *credentials_,
                                                gss_OID_set *actual_mechanisms_,
                                                OM_uint32 *actual_time_)
{
    const OM_uint32 status =
      gss_acquire_cred (minor_status_, name_, time_, mechanisms_, usage_, credentials_,
                        actual_mechanisms_, actual_time_);
    /* libzmq releases the name only where there is a key. */
    if (status != GSS_S_COMPLETE) {
        OM_uint32 ignored;
        gss_release_name (&ignored, &name_);
    }
    return status;
}

#define RSZMQ_PICK_SECOND(a, b, ...) b
#define RSZMQ_PICK(...) RSZMQ_PICK_SECOND (__VA_ARGS__)
#define RSZMQ_PASTE_BOTH(a, b) a##b
#define RSZMQ_PASTE(a, b) RSZMQ_PASTE_BOTH (a, b)

/* gssapi_mechanism_base.cpp: the destructor, where it asks for `target_name`. */
static inline void
rszmq_gss_free (char *principal_, gss_buffer_desc *received_, gss_buffer_desc *to_send_)
{
    OM_uint32 ignored;
    free (principal_);
    free (received_->value); /* libzmq's own, as above; GSSAPI made the other. */
    gss_release_buffer (&ignored, to_send_);
}
#define RSZMQ_TARGET_37                                                        \
    ~, (rszmq_gss_free (principal_name, &recv_tok, &send_tok), target_name)
#define target_name                                                            \
    RSZMQ_PICK (RSZMQ_PASTE (RSZMQ_TARGET_, __LINE__), target_name, ~)

#define gss_unwrap rszmq_gss_unwrap
#define gss_wrap rszmq_gss_wrap
#define gss_import_name rszmq_gss_import_name
#define gss_acquire_cred rszmq_gss_acquire_cred
#define gss_init_sec_context rszmq_gss_init_sec_context

#endif
