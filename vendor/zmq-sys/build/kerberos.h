/* Included in front of each of libzmq's sources where GSSAPI is built in.

   4.3.5 trusts a peer that has come through the handshake: what it sent without encryption, or encrypted and empty, is the
   end of the process (gssapi_mechanism_base.cpp, `decode_message`). Such a token is taken for one that cannot be read instead.

   And it trusts one that has not: a client whose server answers the handshake with rubbish reads and frees the answer again
   and again, since it keeps the pointer (gssapi_client.cpp, `initialize_context`). The token is freed here, so that there is
   none left to be freed. */
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

#define gss_unwrap rszmq_gss_unwrap
#define gss_init_sec_context rszmq_gss_init_sec_context

#endif
