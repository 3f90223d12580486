#include "iterative/root_hints.h"

#include <algorithm>
#include <cctype>
#include <vector>

#include "base/words.h"
#include "dns/name.h"
#include "dnswarm/types.h"

namespace dnswarm {
namespace {

constexpr uint32_t hints_ttl_s = 3'600'000;  // as in IANA's file

struct Hint {
  char letter;
  const char* v4;
  const char* v6;
};
constexpr Hint hints[] = {
    {'a', "198.41.0.4", "2001:503:ba3e::2:30"}, {'b', "170.247.170.2", "2801:1b8:10::b"},
    {'c', "192.33.4.12", "2001:500:2::c"},      {'d', "199.7.91.13", "2001:500:2d::d"},
    {'e', "192.203.230.10", "2001:500:a8::e"},  {'f', "192.5.5.241", "2001:500:2f::f"},
    {'g', "192.112.36.4", "2001:500:12::d0d"},  {'h', "198.97.190.53", "2001:500:1::53"},
    {'i', "192.36.148.17", "2001:7fe::53"},     {'j', "192.58.128.30", "2001:503:c27::2:30"},
    {'k', "193.0.14.129", "2001:7fd::1"},       {'l', "199.7.83.42", "2001:500:9f::42"},
    {'m', "202.12.27.33", "2001:dc3::35"},
};

bool is_number(std::string_view word) { return std::all_of(word.begin(), word.end(), is_digit); }
bool is_class_in(std::string_view word) { return word == "IN" || word == "in"; }

// One line at a time; what they say together is settled at the end.
class HintsReader {
 public:
  // A sentence where the line does not parse.
  std::string read_line(std::string_view line) {
    const bool same_owner = !line.empty() && (line[0] == ' ' || line[0] == '\t');
    line = line.substr(0, line.find(';'));
    std::vector<std::string_view> words = words_of(line);
    if (words.empty()) return {};
    if (words[0][0] == '$') return "directives are not read here";
    if (line.find_first_of("()") != line.npos) return "parentheses are not read here";
    size_t at = 0;
    if (!same_owner) {
      std::string error;
      owner_ = name_of(words[at++], &error);
      if (!error.empty()) return error;
    } else if (owner_.empty()) {
      return "the first record has no owner name";
    }
    while (at < words.size() && (is_number(words[at]) || is_class_in(words[at]))) ++at;
    if (words.size() - at < 2) return "a record needs a type and data";
    return read_record(words[at], words[at + 1]);
  }

  Delegation finish() {
    Delegation root;
    root.zone = octets_of(Octets(&root_label, 1));
    root.ttl_s = hints_ttl_s;
    for (NameServer& server : servers_) {
      for (const auto& [owner, address] : addresses_) {
        if (owner == server.name) server.addresses.push_back(address);
      }
      if (!server.addresses.empty()) root.servers.push_back(std::move(server));
    }
    return root;
  }

 private:
  static constexpr uint8_t root_label = 0;

  static NameOctets name_of(std::string_view text, std::string* error) {
    Name name;
    const NameError bad = name.assign_text(text);
    if (bad != NameError::none) *error = std::string(text) + ": " + std::string(sentence_text(bad));
    return bad == NameError::none ? octets_of(name.wire()) : NameOctets();
  }

  std::string read_record(std::string_view type_text, std::string_view data) {
    const auto type = rrtype_from_text(type_text);
    if (!type) return std::string(type_text) + " is no record type";
    std::string error;
    if (*type == RRType::NS && owner_.size() == 1) {
      NameOctets name = name_of(data, &error);
      const bool known =
          std::any_of(servers_.begin(), servers_.end(), [&](const auto& s) { return s.name == name; });
      if (error.empty() && !known) servers_.push_back({std::move(name), {}});
    }
    if (*type != RRType::A && *type != RRType::AAAA) return error;
    auto address = Address::from_text(data, 53);
    const int family = *type == RRType::A ? AF_INET : AF_INET6;
    if (!address || address->family() != family) return std::string(data) + " is no address of this type";
    address->set_port(0);
    addresses_.emplace_back(owner_, *address);
    return {};
  }

  NameOctets owner_;
  std::vector<NameServer> servers_;
  std::vector<std::pair<NameOctets, Address>> addresses_;
};

}  // namespace

Delegation compiled_root_hints() {
  std::string text;
  for (const Hint& hint : hints) {
    const std::string name = std::string(1, hint.letter) + ".root-servers.net.";
    text += ". NS " + name + "\n" + name + " A " + hint.v4 + "\n" + name + " AAAA " + hint.v6 + "\n";
  }
  std::string error;
  return root_hints_from_text(text, &error).value();
}

std::optional<Delegation> root_hints_from_text(std::string_view text, std::string* error) {
  HintsReader reader;
  for (unsigned line = 1; !text.empty(); ++line) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string sentence = reader.read_line(text.substr(0, end));
    if (!sentence.empty()) {
      *error = "line " + std::to_string(line) + ": " + sentence;
      return std::nullopt;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  Delegation root = reader.finish();
  if (!root.servers.empty()) return root;
  *error = "there is no name server of the root with an address";
  return std::nullopt;
}

}  // namespace dnswarm
