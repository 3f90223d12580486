// The registrable domain of a name: its public suffix and one label more (publicsuffix.org, by libpsl and
// the list compiled into it). www.example.co.uk -> example.co.uk.
#ifndef DNSWARM_DNS_REGISTRABLE_DOMAIN_H_
#define DNSWARM_DNS_REGISTRABLE_DOMAIN_H_

#include "base/octets.h"

namespace dnswarm {

// The tail of `qname` (lower-case wire format) that is its registrable domain; all of it where it is a
// public suffix itself. Without libpsl: the last two labels. About a microsecond. Threads: any.
Octets registrable_domain(Octets qname);

}  // namespace dnswarm

#endif  // DNSWARM_DNS_REGISTRABLE_DOMAIN_H_
