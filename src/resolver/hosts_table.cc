#include "resolver/hosts_table.h"

#include <algorithm>
#include <fstream>

#include "base/words.h"
#include "dns/name.h"
#include "net/address.h"

namespace dnswarm {

namespace {

std::string key_of(Octets qname, RRType type) {
  std::string key(reinterpret_cast<const char*>(qname.data()), qname.size());
  key.push_back(static_cast<char>(static_cast<uint16_t>(type) & 0xff));
  return key;
}

}  // namespace

bool HostsTable::load(const std::string& path) {
  std::ifstream file(path);
  if (!file) return false;
  path_ = path;
  for (std::string line; std::getline(file, line);) add_line(line);
  return true;
}

void HostsTable::add_line(std::string_view line) {
  line = line.substr(0, line.find('#'));
  std::string_view address_text = next_word(line);
  if (!is_ip_address_text(address_text)) return;
  auto address = Address::from_text(address_text, 53);
  Name reverse;
  if (!address || !reverse_name_from_text(address_text, reverse)) return;
  bool v4 = address->family() == AF_INET;
  std::string rdata =
      v4 ? std::string(reinterpret_cast<const char*>(
                           &reinterpret_cast<const sockaddr_in*>(address->sa())->sin_addr),
                       4)
         : std::string(reinterpret_cast<const char*>(
                           &reinterpret_cast<const sockaddr_in6*>(address->sa())->sin6_addr),
                       16);
  bool canonical = true;
  for (std::string_view word = next_word(line); !word.empty(); word = next_word(line)) {
    Name name;
    if (name.assign_text(word) != NameError::none) continue;
    add(name.wire(), v4 ? RRType::A : RRType::AAAA, rdata);
    if (canonical) {
      add(reverse.wire(), RRType::PTR,
          {reinterpret_cast<const char*>(name.wire().data()), name.size()});
    }
    canonical = false;
  }
}

void HostsTable::add(Octets qname, RRType type, std::string rdata) {
  auto& records = records_[key_of(qname, type)];
  if (std::find(records.begin(), records.end(), rdata) == records.end()) {
    records.push_back(std::move(rdata));
  }
}

std::span<const std::string> HostsTable::find(Octets qname, RRType type) const {
  if (type != RRType::A && type != RRType::AAAA && type != RRType::PTR) return {};
  auto found = records_.find(key_of(qname, type));
  if (found == records_.end()) return {};
  return found->second;
}

}  // namespace dnswarm
