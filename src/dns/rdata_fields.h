// The fields RDATA is made of. A type's format is a string of field codes (the table is in
// rdata_text.cc); this file knows where a field ends and how it is written.
//
//   b w d   unsigned number of 8, 16, 32 bits      i   64 bits in four hex groups (RFC 6742)
//   t       seconds since 1970 as YYYYMMDDHHMMSS   T   record type, as mnemonic
//   c a     certificate type, DNSSEC algorithm, as mnemonic (RFC 4398 section 2.1)
//   N n     name that may be compressed, that must not be
//   s o     <character-string>, the same or nothing
//   S       one or more <character-string>s        q   the rest as one string without length octet
//   g       CAA's tag: a length octet and letters and digits
//   h x     the rest in hex, at least one octet; a length octet and so many in hex, "-" for none
//   X       the rest as one number in hex, 0x...   z   a length octet and so many in base32hex
//   B O     the rest in base64, at least one octet; the same or nothing
//   m M     type bitmap (RFC 4034 section 4.1.2), at least one window; the same or nothing
//   4 6     IPv4, IPv6 address                     e E EUI-48, EUI-64
//   L P V   whole formats of their own: LOC, APL, SvcParams
//   k y     gateways: IPSECKEY up to its key, AMTRELAY
//   K       HIP
#ifndef DNSWARM_DNS_RDATA_FIELDS_H_
#define DNSWARM_DNS_RDATA_FIELDS_H_

#include <string>

#include "base/octets.h"

namespace dnswarm {

inline constexpr size_t field_malformed = SIZE_MAX;

// The offset after the field that begins at `at`; field_malformed where it does not fit its code or
// reaches beyond `end`, where the RDATA ends.
[[nodiscard]] size_t field_end(char code, Octets message, size_t at, size_t end);

// Appends the text of a field whose end is `end`, as found by field_end.
void append_field(char code, Octets message, size_t at, size_t end, bool dotted, std::string& out);

// An uncompressed name at the front of `octets`: its size, or 0 where it is malformed.
[[nodiscard]] size_t uncompressed_name_octets(Octets octets);
void append_name(Octets wire, bool dotted, std::string& out);

// loc_text.cc: RFC 1876
[[nodiscard]] bool loc_is_valid(Octets octets);
void append_loc(Octets octets, std::string& out);

// svcb_text.cc: RFC 9460 section 2.2
[[nodiscard]] bool svc_params_are_valid(Octets octets);
void append_svc_params(Octets octets, std::string& out);

// address_rdata.cc: RFC 3123, RFC 4025, RFC 8777. The sizes are of the front part the field covers,
// field_malformed where it does not fit.
[[nodiscard]] bool apl_is_valid(Octets octets);
bool apl_has_text(Octets octets);  // whether all its address families have a text form
void append_apl(Octets octets, std::string& out);
[[nodiscard]] size_t ipseckey_gateway_octets(Octets octets);
void append_ipseckey_gateway(Octets octets, bool dotted, std::string& out);
[[nodiscard]] size_t amtrelay_octets(Octets octets);
void append_amtrelay(Octets octets, bool dotted, std::string& out);
inline constexpr uint8_t gateway_type_max = 3;  // none, IPv4, IPv6, name; others have no text form

}  // namespace dnswarm

#endif  // DNSWARM_DNS_RDATA_FIELDS_H_
