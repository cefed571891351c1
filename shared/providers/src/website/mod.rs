//! `SiteCrawler` without any provider: reads the few pages of a company's own website that say what it does. It keeps to
//! the site's robots file, to public addresses and to the site itself.

mod contacts;
mod crawl;
mod fetch;
mod html;
mod pages;
mod robots;

use crate::Providers;
use application::ports::data_providers::{CrawlError, CrawlLimits, CrawledSite, SiteCrawler};
use async_trait::async_trait;

#[async_trait]
impl SiteCrawler for Providers {
    async fn crawl(&self, website: &str, limits: &CrawlLimits) -> Result<CrawledSite, CrawlError> {
        crawl::crawl(&*self.web, website, limits).await
    }
}

#[cfg(test)]
mod tests;
