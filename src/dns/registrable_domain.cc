#include "dns/registrable_domain.h"

#include <algorithm>
#include <array>
#include <string>

#include "dns/name.h"

#ifdef DNSWARM_PSL
#include <libpsl.h>
#endif

namespace dnswarm {

namespace {

constexpr size_t labels_max = 128;  // of one octet each, in 255 octets

#ifdef DNSWARM_PSL
// Of a TLD that is not in the list the suffix is the TLD (the list's own prevailing rule "*").
size_t suffix_labels(Octets qname) {
  std::string text;
  append_name_text(qname, text);
  const char* suffix = psl_unregistrable_domain(psl_builtin(), text.c_str());
  if (suffix == nullptr) return 1;
  return 1 + static_cast<size_t>(std::count(suffix, text.c_str() + text.size(), '.'));
}
#else
size_t suffix_labels(Octets) { return 1; }
#endif

}  // namespace

Octets registrable_domain(Octets qname) {
  std::array<uint8_t, labels_max> starts;
  size_t labels = 0;
  for (size_t at = 0; at < qname.size() && qname[at] != 0; at += qname[at] + size_t{1}) {
    starts[labels++] = static_cast<uint8_t>(at);
  }
  size_t wanted = suffix_labels(qname) + 1;
  return labels <= wanted ? qname : qname.subspan(starts[labels - wanted]);
}

}  // namespace dnswarm
