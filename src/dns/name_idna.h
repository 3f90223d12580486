// UTF-8 in names: the one detour of Name::assign_text.
#ifndef DNSWARM_DNS_NAME_IDNA_H_
#define DNSWARM_DNS_NAME_IDNA_H_

#include <string>
#include <string_view>

#include "dns/name.h"

namespace dnswarm {

// Turns `text`, which has octets above 127, into presentation format without them: labels with
// UTF-8 become A-labels (IDNA2008, UTS 46 non-transitional), all others are copied as they are, so
// that _dmarc and escapes survive next to them. bad_idna for all UTF-8 where dnswarm was built
// without libidn2.
[[nodiscard]] NameError idna_to_ascii(std::string_view text, std::string& ascii);

}  // namespace dnswarm

#endif  // DNSWARM_DNS_NAME_IDNA_H_
