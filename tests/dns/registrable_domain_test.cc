#include "dns/registrable_domain.h"

#include <gtest/gtest.h>

#include <string>

#include "dns/name.h"

namespace dnswarm {
namespace {

std::string domain_of(const std::string& text) {
  Name name;
  EXPECT_EQ(name.assign_text(text), NameError::none);
  std::string domain;
  append_name_text(registrable_domain(name.wire()), domain);
  return domain;
}

TEST(RegistrableDomain, is_the_public_suffix_and_one_label_more) {
  EXPECT_EQ(domain_of("www.example.com"), "example.com");
  EXPECT_EQ(domain_of("a.b.c.example.com"), "example.com");
  EXPECT_EQ(domain_of("example.com"), "example.com");
  EXPECT_EQ(domain_of("host.unknown-tld-xyz"), "host.unknown-tld-xyz");
  EXPECT_EQ(domain_of("a.host.unknown-tld-xyz"), "host.unknown-tld-xyz");
}

TEST(RegistrableDomain, of_a_suffix_or_the_root_is_itself) {
  EXPECT_EQ(domain_of("com"), "com");
  EXPECT_EQ(domain_of("."), ".");
}

TEST(RegistrableDomain, survives_any_labels) {
  EXPECT_EQ(domain_of("\\000.a\\.b.example.com"), "example.com");
  std::string longest;
  for (int i = 0; i < 126; ++i) longest += "a.";
  EXPECT_EQ(domain_of(longest + "b"), "a.b");
}

#ifdef DNSWARM_PSL
TEST(RegistrableDomain, knows_suffixes_of_several_labels) {
  EXPECT_EQ(domain_of("www.example.co.uk"), "example.co.uk");
  EXPECT_EQ(domain_of("co.uk"), "co.uk");
  EXPECT_EQ(domain_of("a.b.city.kawasaki.jp"), "city.kawasaki.jp");
}
#endif

}  // namespace
}  // namespace dnswarm
