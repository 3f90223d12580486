// Zone files by ldns.
#include "zone.h"

#if DNSWARM_LDNS
#include <ldns/ldns.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

#include "dns/name.h"
#endif

namespace dnswarm::sim {

#if DNSWARM_LDNS
namespace {

struct LdnsDeleter {
  void operator()(ldns_zone* zone) const { ldns_zone_deep_free(zone); }
  void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
template <typename T>
using Owned = std::unique_ptr<T, LdnsDeleter>;

struct WireRecord {
  std::string owner;
  RRType type{};
  uint32_t ttl = 0;
  std::string rdata;
};

bool to_wire(const ldns_rr* rr, WireRecord& record) {
  const Owned<ldns_buffer> buffer(ldns_buffer_new(LDNS_MAX_PACKETLEN));
  if (ldns_rr2buffer_wire(buffer.get(), rr, LDNS_SECTION_ANSWER) != LDNS_STATUS_OK) return false;
  const Octets wire(ldns_buffer_begin(buffer.get()), ldns_buffer_position(buffer.get()));
  const size_t owner_octets = skip_name(wire, 0);
  if (owner_octets == 0) return false;
  record.owner.clear();
  for (const uint8_t octet : wire.first(owner_octets)) {
    record.owner += static_cast<char>(ascii_lower(octet));
  }
  OctetReader in(wire.subspan(owner_octets));
  record.type = static_cast<RRType>(in.u16());
  in.skip(2);
  record.ttl = in.u32();
  const Octets rdata = in.octets(in.u16());
  record.rdata.assign(reinterpret_cast<const char*>(rdata.data()), rdata.size());
  return in.ok();
}

Owned<ldns_zone> read_zone(const std::string& path, WireRecord& soa, std::string* error) {
  const Owned<std::FILE> file(std::fopen(path.c_str(), "r"));
  if (!file) {
    *error = "'" + path + "' cannot be read: " + std::strerror(errno);
    return nullptr;
  }
  ldns_zone* read = nullptr;
  int line = 0;
  const ldns_status status =
      ldns_zone_new_frm_fp_l(&read, file.get(), nullptr, 3600, LDNS_RR_CLASS_IN, &line);
  Owned<ldns_zone> zone(status == LDNS_STATUS_OK ? read : nullptr);
  if (!zone) {
    *error =
        "'" + path + "', line " + std::to_string(line) + ": " + ldns_get_errorstr_by_id(status);
    return nullptr;
  }
  if (ldns_zone_soa(zone.get()) == nullptr || !to_wire(ldns_zone_soa(zone.get()), soa)) {
    *error = "'" + path + "' has no SOA record";
    return nullptr;
  }
  return zone;
}

}  // namespace

std::unique_ptr<AnswerSource> load_zones(const std::vector<std::string>& paths, bool rotate,
                                         std::string* error) {
  auto zones = std::make_unique<Zones>(rotate);
  std::vector<Owned<ldns_zone>> read;
  std::vector<WireRecord> soas(paths.size());
  for (size_t i = 0; i < paths.size(); ++i) {
    read.push_back(read_zone(paths[i], soas[i], error));
    if (!read.back()) return nullptr;
    zones->add_zone(soas[i].owner);
  }
  WireRecord record;
  for (size_t i = 0; i < paths.size(); ++i) {
    const std::string& apex = soas[i].owner;
    zones->add(apex, apex, RRType::SOA, soas[i].ttl, soas[i].rdata);
    const ldns_rr_list* list = ldns_zone_rrs(read[i].get());
    for (size_t j = 0; j < ldns_rr_list_rr_count(list); ++j) {
      if (!to_wire(ldns_rr_list_rr(list, j), record)) continue;
      zones->add(apex, record.owner, record.type, record.ttl, record.rdata);
    }
  }
  return zones;
}

#else

std::unique_ptr<AnswerSource> load_zones(const std::vector<std::string>&, bool,
                                         std::string* error) {
  *error = "this dnswarm-sim was built without ldns, which reads zone files";
  return nullptr;
}

#endif

}  // namespace dnswarm::sim
