// DNS parameters by their IANA mnemonics
// (https://www.iana.org/assignments/dns-parameters, read 2026-11).
#ifndef DNSWARM_TYPES_H_
#define DNSWARM_TYPES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dnswarm {

// Resource record types and query types. Any 16-bit value is valid; those without a mnemonic here
// are written TYPEnnn (RFC 3597 section 5).
enum class RRType : uint16_t {
  A = 1,              // RFC 1035: host address
  NS = 2,             // RFC 1035: authoritative name server
  MD = 3,             // RFC 1035: mail destination, obsolete
  MF = 4,             // RFC 1035: mail forwarder, obsolete
  CNAME = 5,          // RFC 1035: canonical name for an alias
  SOA = 6,            // RFC 1035: start of a zone of authority
  MB = 7,             // RFC 1035: mailbox domain name
  MG = 8,             // RFC 1035: mail group member
  MR = 9,             // RFC 1035: mail rename domain name
  NULL_ = 10,         // RFC 1035: anything (NULL is a macro)
  WKS = 11,           // RFC 1035: well-known services
  PTR = 12,           // RFC 1035: domain name pointer
  HINFO = 13,         // RFC 1035: host information
  MINFO = 14,         // RFC 1035: mailbox or mail list information
  MX = 15,            // RFC 1035: mail exchange
  TXT = 16,           // RFC 1035: text strings
  RP = 17,            // RFC 1183: responsible person
  AFSDB = 18,         // RFC 1183: AFS data base location
  X25 = 19,           // RFC 1183: X.25 PSDN address
  ISDN = 20,          // RFC 1183: ISDN address
  RT = 21,            // RFC 1183: route through
  NSAP = 22,          // RFC 1706: NSAP address
  NSAP_PTR = 23,      // RFC 1706: NSAP pointer
  SIG = 24,           // RFC 2536: security signature
  KEY = 25,           // RFC 2536: security key
  PX = 26,            // RFC 2163: X.400 mail mapping
  GPOS = 27,          // RFC 1712: geographical position
  AAAA = 28,          // RFC 3596: IPv6 host address
  LOC = 29,           // RFC 1876: location
  NXT = 30,           // RFC 2535: next domain, obsolete
  EID = 31,           // endpoint identifier
  NIMLOC = 32,        // Nimrod locator
  SRV = 33,           // RFC 2782: server selection
  ATMA = 34,          // ATM address
  NAPTR = 35,         // RFC 3403: naming authority pointer
  KX = 36,            // RFC 2230: key exchanger
  CERT = 37,          // RFC 4398: certificate
  A6 = 38,            // RFC 2874: obsolete
  DNAME = 39,         // RFC 6672: redirection of a subtree
  SINK = 40,          // kitchen sink
  OPT = 41,           // RFC 6891: EDNS(0) pseudo-record
  APL = 42,           // RFC 3123: address prefix list
  DS = 43,            // RFC 4034: delegation signer
  SSHFP = 44,         // RFC 4255: SSH key fingerprint
  IPSECKEY = 45,      // RFC 4025: IPsec key
  RRSIG = 46,         // RFC 4034: signature of an RRset
  NSEC = 47,          // RFC 4034: next secure
  DNSKEY = 48,        // RFC 4034: DNS key
  DHCID = 49,         // RFC 4701: DHCP identifier
  NSEC3 = 50,         // RFC 5155: hashed next secure
  NSEC3PARAM = 51,    // RFC 5155: NSEC3 parameters
  TLSA = 52,          // RFC 6698: TLS association
  SMIMEA = 53,        // RFC 8162: S/MIME association
  HIP = 55,           // RFC 8005: host identity protocol
  NINFO = 56,         // zone status information
  RKEY = 57,          // key record
  TALINK = 58,        // trust anchor link
  CDS = 59,           // RFC 7344: child DS
  CDNSKEY = 60,       // RFC 7344: child DNSKEY
  OPENPGPKEY = 61,    // RFC 7929: OpenPGP key
  CSYNC = 62,         // RFC 7477: child-to-parent synchronisation
  ZONEMD = 63,        // RFC 8976: message digest over a zone
  SVCB = 64,          // RFC 9460: general service binding
  HTTPS = 65,         // RFC 9460: service binding for HTTPS
  DSYNC = 66,         // RFC 9859: endpoint discovery for delegation synchronisation
  HHIT = 67,          // RFC 9886: hierarchical host identity tag
  BRID = 68,          // RFC 9886: UAS broadcast remote identification
  SPF = 99,           // RFC 7208: sender policy framework, obsolete
  UINFO = 100,        // user information
  UID = 101,          // user identifier
  GID = 102,          // group identifier
  UNSPEC = 103,       // unspecified
  NID = 104,          // RFC 6742: node identifier
  L32 = 105,          // RFC 6742: 32-bit locator
  L64 = 106,          // RFC 6742: 64-bit locator
  LP = 107,           // RFC 6742: locator pointer
  EUI48 = 108,        // RFC 7043: EUI-48 address
  EUI64 = 109,        // RFC 7043: EUI-64 address
  NXNAME = 128,       // RFC 9824: NXDOMAIN indicator for compact denial
  TKEY = 249,         // RFC 2930: transaction key
  TSIG = 250,         // RFC 8945: transaction signature
  IXFR = 251,         // RFC 1995: incremental transfer
  AXFR = 252,         // RFC 5936: transfer of an entire zone
  MAILB = 253,        // RFC 1035: mailbox-related RRs
  MAILA = 254,        // RFC 1035: mail agent RRs, obsolete
  ANY = 255,          // RFC 8482: all records ("*" at IANA)
  URI = 256,          // RFC 7553: uniform resource identifier
  CAA = 257,          // RFC 8659: certification authority restriction
  AVC = 258,          // application visibility and control
  DOA = 259,          // digital object architecture
  AMTRELAY = 260,     // RFC 8777: automatic multicast tunnelling relay
  RESINFO = 261,      // RFC 9606: resolver information
  WALLET = 262,       // public wallet address
  CLA = 263,          // BP convergence layer adapter
  IPN = 264,          // BP node number
  TA = 32768,         // DNSSEC trust authorities
  DLV = 32769,        // RFC 8749: DNSSEC look-aside validation, obsolete
};

enum class RRClass : uint16_t {
  IN = 1,      // RFC 1035: the Internet
  CH = 3,      // RFC 1035: Chaosnet, today server information such as version.bind
  HS = 4,      // RFC 1035: Hesiod
  NONE = 254,  // RFC 2136
  ANY = 255,   // RFC 1035
};

// Response codes: 4 bits of the header, extended to 12 by EDNS (RFC 6891 section 6.1.3).
enum class Rcode : uint16_t {
  NOERROR = 0,
  FORMERR = 1,
  SERVFAIL = 2,
  NXDOMAIN = 3,
  NOTIMP = 4,
  REFUSED = 5,
  YXDOMAIN = 6,
  YXRRSET = 7,
  NXRRSET = 8,
  NOTAUTH = 9,
  NOTZONE = 10,
  DSOTYPENI = 11,
  BADVERS = 16,
  BADKEY = 17,
  BADTIME = 18,
  BADMODE = 19,
  BADNAME = 20,
  BADALG = 21,
  BADTRUNC = 22,
  BADCOOKIE = 23,
};

// "A", "NSAP-PTR", "ANY", ...; "TYPE65280" for types without a mnemonic.
std::string to_text(RRType type);
void append_text(RRType type, std::string& out);
// Any case, and TYPEnnn. Nothing for what is neither.
std::optional<RRType> rrtype_from_text(std::string_view text);

// "IN", "CH", ...; "CLASS1234" otherwise.
std::string to_text(RRClass rrclass);
std::optional<RRClass> rrclass_from_text(std::string_view text);

// "NOERROR", ...; "RCODE12" for unassigned ones. The text is static.
std::string_view to_text(Rcode rcode);

}  // namespace dnswarm

#endif  // DNSWARM_TYPES_H_
