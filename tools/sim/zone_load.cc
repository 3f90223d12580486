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
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
  void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};
template <typename T>
using Owned = std::unique_ptr<T, LdnsDeleter>;

// What one entry of a zone file hands on to the next.
struct Carried {
  uint32_t ttl = 3600;
  ldns_rdf* origin = nullptr;
  ldns_rdf* owner = nullptr;
  int line = 0;
  ~Carried() {
    ldns_rdf_deep_free(origin);
    ldns_rdf_deep_free(owner);
  }
};

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

// The records of a file, entry by entry: ldns_zone_new_frm_fp_l leaks where an entry is malformed.
bool read_zone(const std::string& path, std::vector<WireRecord>& records, std::string* error) {
  const Owned<std::FILE> file(std::fopen(path.c_str(), "r"));
  if (!file) {
    *error = "'" + path + "' cannot be read: " + std::strerror(errno);
    return false;
  }
  Carried carried;
  while (!std::feof(file.get())) {
    ldns_rr* read = nullptr;
    const ldns_status status = ldns_rr_new_frm_fp_l(&read, file.get(), &carried.ttl,
                                                    &carried.origin, &carried.owner, &carried.line);
    const Owned<ldns_rr> rr(status == LDNS_STATUS_OK ? read : nullptr);
    if (status == LDNS_STATUS_SYNTAX_EMPTY || status == LDNS_STATUS_SYNTAX_TTL ||
        status == LDNS_STATUS_SYNTAX_ORIGIN) {
      continue;
    }
    WireRecord record;
    if (!rr || !to_wire(rr.get(), record)) {
      *error = "'" + path + "', line " + std::to_string(carried.line) + ": " +
               (rr ? "not a record that fits a message" : ldns_get_errorstr_by_id(status));
      return false;
    }
    records.push_back(std::move(record));
  }
  return true;
}

const WireRecord* soa_of(const std::vector<WireRecord>& records) {
  for (const WireRecord& record : records) {
    if (record.type == RRType::SOA) return &record;
  }
  return nullptr;
}

}  // namespace

std::unique_ptr<Zones> load_zones(const std::vector<std::string>& paths, bool rotate, std::string* error) {
  auto zones = std::make_unique<Zones>(rotate);
  std::vector<std::vector<WireRecord>> files(paths.size());
  for (size_t i = 0; i < paths.size(); ++i) {
    if (!read_zone(paths[i], files[i], error)) return nullptr;
    if (soa_of(files[i]) == nullptr) {
      *error = "'" + paths[i] + "' has no SOA record";
      return nullptr;
    }
  }
  for (const std::vector<WireRecord>& records : files) {
    const ZoneIndex zone = zones->add_zone(soa_of(records)->owner);
    for (const WireRecord& record : records) {
      zones->add(zone, record.owner, record.type, record.ttl, record.rdata);
    }
  }
  return zones;
}

#else

std::unique_ptr<Zones> load_zones(const std::vector<std::string>&, bool, std::string* error) {
  *error = "this dnswarm-sim was built without ldns, which reads zone files";
  return nullptr;
}

#endif

}  // namespace dnswarm::sim
