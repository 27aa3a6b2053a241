"""Small files as foreign tools write them, with made-up accounts and numbers and the real ones' quirks repeated."""

from __future__ import annotations

import io
import json
import lzma
import zipfile

BOM = "\ufeff"


def shortcode(seconds: float) -> str:
    """Return the shortcode of an Instagram post made at a Unix time."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    number = (int(seconds * 1000) - 1_314_220_021_721) << 23
    out = ""
    while number:
        number, rest = divmod(number, 64)
        out = letters[rest] + out
    return out.rjust(11, "A")


def video_id(seconds: int, low: int = 1) -> str:
    """Return the id of a TikTok video uploaded at a Unix second."""
    return str((seconds << 32) + low)


def zipped(**members: bytes | str) -> bytes:
    """Return a ZIP archive of some files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, raw in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 6, 5, 12, 0, 0)), raw)
    return out.getvalue()


# 2026-05-01 17:30 UTC is 10:30 in Los Angeles
MAY = 1_777_656_600
META_EN = (
    BOM + "Post ID,Account ID,Account username,Account name,Description,Duration (sec),Publish time,Permalink,Post type,Data comment,Date,"
    "Views,Likes,Shares,Comments,Saves,Reach,Follows\n"
    f'18000000000000001,17841400000000001,ana.bakes,Ana Bakes,"Two lines\nof ""caption"", with comma",0,05/01/2026 10:30,'
    f"https://www.instagram.com/p/{shortcode(MAY)}/,IG carousel,,Lifetime,5200,310,12,25,40,4100,3\n"
    f"18000000000000002,17841400000000001,ana.bakes,Ana Bakes,Plain,21,05/03/2026 09:00,"
    f"https://www.instagram.com/reel/{shortcode(MAY + 167_400)}/,IG reel,,Lifetime,9100,410,15,31,22,7000,0\n"
    f"18000000000000003,17841400000000002,brand.friend,Friend,Shared,21,05/04/2026 09:00,"
    f"https://www.instagram.com/reel/{shortcode(MAY + 253_800)}/,IG reel,,Lifetime,100,11,1,2,0,,\n"
)
META_DE = (
    BOM + "Beitrags-ID;Konto-ID;Konto-Benutzername;Kontoname;Beschreibung;Dauer (Sek.);Veröffentlichungszeitpunkt;Permalink;Beitragstyp;"
    "Aufrufe;Reichweite;„Gefällt mir“-Angaben;Geteilte Inhalte;Follows;Kommentare;Gespeicherte Beiträge\n"
    f"18000000000000009;17841400000000001;backt.mit.bea;Bea;Kuchen;0;05/01/2026 10:30;https://www.instagram.com/p/{shortcode(MAY)}/;"
    "IG-Bild;1.234;987;56;7;0;8;9\n"
)
META_SV = (
    "Publicerings-id,Konto-id,Kontots användarnamn,Kontonamn,Beskrivning,Publiceringstid,Inläggstyp,Permalänk,Visningar,Räckvidd,"
    "Gilla-markeringar,Kommentarer,Delningar,Följer,Saves\n"
    f"18000000000000011,17841400000000004,bodil.bakar,Bodil,Bulle,05/01/2026 10:30,IG image,https://www.instagram.com/p/{shortcode(MAY)}/,"
    "640,600,55,4,3,0,2\n"
)
META_FACEBOOK = (
    "Post ID,Page ID,Page name,Title,Description,Duration (sec),Publish time,Permalink,Post type,Reach,"
    '"Reactions, Comments and Shares",Reactions,Comments,Shares,Total clicks,Link Clicks,Other Clicks\n'
    "900100,500,Ana Bakes Page,Title,,0,12/24/2025 08:00,https://www.facebook.com/500/posts/900100,Photos,800,40,30,6,4,50,20,30\n"
)
META_DAILY = "Post ID,Page ID,Page name,Publish time,Permalink,Post type,Date,Reach,Reactions\n" + "".join(
    f"900{post},500,Ana Page,05/01/2026 08:00,https://www.facebook.com/500/posts/900{post},Photos,05/{day:02d}/2026,{day},{day}\n"
    for post in (1, 2)
    for day in range(1, 15)
)
META_RESULTS = (
    'sep=,\n"Instagram profile visits"\n"Date","Instagram followers"\n"2026-03-08T00:00:00","31"\n"2026-03-09T00:00:00","29"\n\n'
    '"Instagram reach"\n"Date","Primary"\n"2026-03-08T00:00:00","431"\n"2026-03-09T00:00:00","502"\n'
)
META_AUDIENCE = (
    'sep=,\n"Instagram followers"\n"IG_ACCOUNT,FOLLOW,UNIQUE_USERS"\n"9420"\n\n"Age","Women","Men"\n"18-24","8.6%","4.4%"\n'
    '"25-34","30%","12%"\n"35-44","25%","18%"\n\n"Top cities","Value"\n"Springfield, Old Town","12%"\n\n"Top countries","Value"\n'
    '"Germany","61.5%"\n"Österreich","20%"\n'
)
GRAPH = {
    "business_discovery": {
        "username": "ana.bakes",
        "followers_count": 12345,
        "media_count": 2,
        "media": {
            "data": [
                {
                    "id": "17900000000000001",
                    "caption": "Cake",
                    "media_type": "IMAGE",
                    "permalink": f"https://www.instagram.com/p/{shortcode(MAY)}/",
                    "timestamp": "2026-05-01T17:30:00+0000",
                    "like_count": 310,
                    "comments_count": 25,
                },
                {
                    "id": "17900000000000002",
                    "media_type": "VIDEO",
                    "media_product_type": "REELS",
                    "timestamp": "2026-05-03T17:00:00+0000",
                    "like_count": 0,
                    "comments_count": 31,
                    "view_count": 900,
                },
            ],
            "paging": {"cursors": {"after": "abc"}},
        },
    },
    "id": "1",
}
DOWNLOAD = {
    "organic_insights_posts": [
        {
            "media_map_data": {"Media Thumbnail": {"uri": "media/a1.jpg", "creation_timestamp": MAY, "title": "CafÃ© ð\x9f\x91\x8d"}},
            "string_map_data": {
                "Impressions": {"value": "1,204"},
                "Accounts reached": {"value": "980"},
                "Likes": {"value": "88"},
                "Comments": {"value": "--"},
                "Saves": {"value": "4"},
            },
        }
    ]
}
INSTALOADER = {
    "node": {
        "__typename": "GraphSidecar",
        "shortcode": shortcode(MAY),
        "taken_at_timestamp": MAY,
        "edge_media_preview_like": {"count": 77},
        "edge_media_to_comment": {"count": 5},
        "owner": {"username": "ana.bakes", "id": "9"},
        "edge_media_to_caption": {"edges": [{"node": {"text": "Hi"}}]},
    },
    "instaloader": {"version": "4.16", "node_type": "Post"},
}
INSTALOADER_HIDDEN = {
    "node": {
        "shortcode": shortcode(MAY + 5000),
        "taken_at_timestamp": MAY + 5000,
        "edge_media_preview_like": {"count": 3},
        "like_and_view_counts_disabled": True,
        "edge_media_to_comment": {"count": 8},
        "owner": {"username": "ana.bakes"},
    },
    "instaloader": {"version": "4.16", "node_type": "Post"},
}
APIFY = [
    {
        "username": "carl.cooks",
        "fullName": "Carl",
        "followersCount": 8100,
        "followsCount": 300,
        "postsCount": 120,
        "latestPosts": [
            {
                "type": "Sidecar",
                "shortCode": shortcode(MAY),
                "likesCount": -1,
                "commentsCount": 12,
                "timestamp": "2026-05-01T17:30:00.000Z",
                "ownerUsername": "carl.cooks",
            },
            {
                "type": "Video",
                "productType": "clips",
                "shortCode": shortcode(MAY + 99_000),
                "likesCount": 210,
                "commentsCount": 9,
                "videoViewCount": 800,
                "videoPlayCount": 2300,
                "timestamp": "2026-05-02T21:00:00.000Z",
                "ownerUsername": "carl.cooks",
            },
        ],
    }
]
CROWDTANGLE = (
    "Account,User Name,Followers at Posting,Post Created,Type,Total Interactions,Likes,Comments,Views,URL,Link,Photo,Description,"
    "Sponsor Id,Sponsor Name,Overperforming Score (weighted  —  Likes 1x Comments 1x )\n"
    f'Dora,dora.dines,"20,100",2026-05-01 13:30:00 EDT,Photo,"1,234","1,200",34,0,https://www.instagram.com/p/{shortcode(MAY)}/,,,Yum,,Acme,1.2\n'
)
TIKTOK_CONTENT = (
    BOM + '"Time","Video title","Video link","Post time","Total likes","Total comments","Total shares","Total views"\n'
    f'"5 Ιουνίου","A "word" AI, and more","https://www.tiktok.com/@ella.eats/video/{video_id(MAY)}","1 Μαΐου","1522","48","134","11771"\n'
    f'"5 Ιουνίου","Plain","https://www.tiktok.com/@ella.eats/video/{video_id(MAY + 90_000)}","2 Μαΐου","12","1","0","300"'
)
TIKTOK_HISTORY = (
    BOM + '"Date","Followers","Difference in followers from previous day"\n"30 de diciembre","1000","10"\n"31 de diciembre","1010","5"\n'
    '"1 de enero","1015","-3"\n"2 de enero","1012","undefined"'
)
TIKTOK_OVERVIEW = (
    BOM + '"Date","Video Views","Profile Views","Likes","Comments","Shares"\n"June 3","900","40","70","-1","4"\n'
    '"June 4","800","38","66","5","2"'
)
TIKTOK_GENDER = '"Gender","Distribution"\n"Male","0.313"\n"Female","0.68"\n"Other","0.007"'
TIKTOK_PLACES = '"Top territories","Distribution"\n"DE","0.61"\n"AT","0.2"'
TIKTOK_API = {
    "data": {
        "videos": [
            {
                "id": int(video_id(MAY)),
                "create_time": MAY,
                "username": "ella.eats",
                "region_code": "GR",
                "video_description": "Hi",
                "like_count": 1522,
                "comment_count": 48,
                "share_count": 134,
                "view_count": 11771,
                "favorites_count": 60,
            }
        ],
        "has_more": True,
        "cursor": 1,
    },
    "error": {"code": "ok"},
}
YOUTUBE_EN = (
    "Content,Video title,Video publish time,Duration,Views,Watch time (hours),Subscribers,Impressions,"
    "Impressions click-through rate (%),Likes\n"
    "Total,,,,405712,9000.1,300,900000,4.1,\n"
    'abcdefghijk,First,"Aug 19, 2021",259,300000,8000,200,600000,4.4,9000\n'
    ' -bcdefghijk,"Second, with comma","Mar 2, 2022",58,101812,900,-4,290000,3.5,\n'
    "cbcdefghijk,Private,,100,0,0,0,0,,0\n"
)
S = "\u00ad"
YOUTUBE_DE = (
    f"Vi{S}deo,Vi{S}deo{S}ti{S}tel,Ver{S}öf{S}fent{S}li{S}chungs{S}zeit{S}punkt des Vi{S}de{S}os,Auf{S}ru{S}fe,"
    f"Wie{S}der{S}ga{S}be{S}zeit (Stun{S}den),Abon{S}nen{S}ten,Im{S}pres{S}sio{S}nen,Klick{S}ra{S}te der Im{S}pres{S}sio{S}nen (%)\n"
    'Gesamt,,,500,20.5,3,9000,4.1\nabcdefghijk,Erstes,"Aug 19, 2021",300,12,2,5000,4.0\n'
    'bbcdefghijk,Zweites,"Sep 1, 2021",200,8.5,1,4000,4.2\n'
)
YOUTUBE_JA = (
    "コンテンツ,動画のタイトル,動画公開時刻,長さ,視聴回数,総再生時間（単位: 時間）,チャンネル登録者,インプレッション数\n"
    '合計,,,,500,20,3,9000\nabcdefghijk,最初,"Aug 19, 2021",0:04:19,300,12,2,5000\n'
)
YOUTUBE_CHANNELS = {
    "kind": "youtube#channelListResponse",
    "pageInfo": {"totalResults": 2, "resultsPerPage": 5},
    "items": [
        {
            "kind": "youtube#channel",
            "id": "UCabcdefghijklmnopqrstuv",
            "snippet": {"title": "Fred", "customUrl": "@fredfilms", "country": "DE"},
            "statistics": {"viewCount": "5885073", "subscriberCount": "39100", "hiddenSubscriberCount": False, "videoCount": "217"},
        },
        {
            "kind": "youtube#channel",
            "id": "UCbbcdefghijklmnopqrstuv",
            "snippet": {"title": "Gita"},
            "statistics": {"viewCount": "10", "subscriberCount": "0", "hiddenSubscriberCount": True, "videoCount": "3"},
        },
    ],
}
YOUTUBE_VIDEOS = {
    "kind": "youtube#videoListResponse",
    "items": [
        {
            "kind": "youtube#video",
            "id": "abcdefghijk",
            "snippet": {"publishedAt": "2026-05-01T17:30:00Z", "channelId": "UCabcdefghijklmnopqrstuv", "title": "One"},
            "contentDetails": {"duration": "PT4M19S"},
            "statistics": {"viewCount": "12000", "commentCount": "44"},
        },
        {
            "kind": "youtube#video",
            "id": "bbcdefghijk",
            "snippet": {"publishedAt": "2026-05-02T17:30:00Z", "channelId": "UCabcdefghijklmnopqrstuv", "title": "Two"},
            "contentDetails": {"duration": "PT45S"},
            "statistics": {"viewCount": "9000", "likeCount": "800"},
        },
    ],
}
YT_DLP = {
    "id": "abcdefghijk",
    "title": "One",
    "extractor": "youtube",
    "extractor_key": "Youtube",
    "webpage_url": "https://www.youtube.com/watch?v=abcdefghijk",
    "upload_date": "20260501",
    "timestamp": MAY,
    "duration": 259,
    "view_count": 12000,
    "like_count": 700,
    "channel_id": "UCabcdefghijklmnopqrstuv",
    "uploader_id": "@fredfilms",
    "channel": "Fred",
    "channel_follower_count": 39100,
}
SHOPIFY = (
    "Name,Email,Financial Status,Paid at,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Created at,Lineitem quantity,"
    "Lineitem name,Lineitem price,Shipping Zip,Note Attributes,Cancelled at,Refunded Amount\n"
    "#1001,x@example.org,paid,2026-04-06 01:49:00 +0400,EUR,90.00,5.00,18.05,113.05,ANA 10,10.00,2026-04-06 01:48:03 +0400,1,Soap,50.00,"
    '\'75008,"utm_source: instagram\nutm_content: ana.bakes",,0.00\n'
    "#1001,x@example.org,,,,,,,,,,,2,Balm,25.00,,,,\n"
    "#1002,y@example.org,refunded,2026-04-07 10:00:00 +0200,EUR,119.00,0.00,19.00,119.00,,0.00,"
    "2026-04-07 10:00:00 +0200,1,Soap,119.00,,,,119.00\n"
    "#1003,x@example.org,pending,,EUR,20.00,0.00,0.00,20.00,BEN,0.00,2026-04-08 10:00:00 +0200,1,Soap,20.00,,,,0.00\n"
    "#1004,z@example.org,voided,,EUR,30.00,0.00,0.00,30.00,,0.00,2026-04-08 11:00:00 +0200,1,Soap,30.00,,,2026-04-08 12:00:00 +0200,0.00\n"
)
WOO = (
    "order_id,order_number,order_date,status,shipping_total,order_tax,discount_total,order_total,order_currency,customer_email,coupon_items\n"
    "7,7,2026-04-06 10:00:00,completed,5.00,19.00,10.00,124.00,EUR,x@example.org,code:ANA10|amount:10.00\n"
    "8,8,2026-04-07 10:00:00,refunded,0.00,0.00,0.00,50.00,EUR,y@example.org,\n"
    "9,9,2026-04-08 10:00:00,cancelled,0.00,0.00,0.00,60.00,EUR,z@example.org,\n"
)
GA4 = (
    "# ----------------------------------------\n# Reports snapshot\n# Account: Acme\n"
    "# Property: Acme shop\n# ----------------------------------------\n"
    "#\n# Start date: 20260401\n# End date: 20260403\nNth day,Active users\n0000,5\n0001,6\n\n"
    "# Start date: 20260401\n# End date: 20260403\nSession source / medium,Session manual ad content,Sessions,Key events\n"
    "instagram / influencer,ana.bakes,120,7\ngoogle / organic,(not set),300,4\n,Grand total,420,11\n"
)
GA4_EXCEL = (
    "# Acme,,,\n# Start date: 20260401,,,\n# End date: 20260402,,,\nDate,Session source,Sessions,Session manual ad content\n"
    "20260401,instagram,12,@ana.bakes\n20260402,instagram,8,@ana.bakes\n,,,\n,,,\nmy own notes: looks good,,,\n"
)
BIGQUERY = "\n".join(
    json.dumps(e)
    for e in (
        {
            "event_date": "20260401",
            "event_timestamp": 1_775_037_600_000_000,
            "event_name": "session_start",
            "user_pseudo_id": "1",
            "event_params": [{"key": "ga_session_id", "value": {"int_value": 11}}],
            "collected_traffic_source": {"manual_source": "instagram", "manual_medium": "influencer", "manual_content": "ana.bakes"},
        },
        {
            "event_date": "20260401",
            "event_timestamp": 1_775_037_700_000_000,
            "event_name": "purchase",
            "user_pseudo_id": "1",
            "event_params": [],
            "collected_traffic_source": {"manual_content": "ana.bakes"},
            "ecommerce": {"transaction_id": "T1", "purchase_revenue": 42.5},
        },
    )
)
AFFILIATE = (
    "Affiliate Name,Order ID,Date,Net Amount,Commission,Status,Currency\n"
    "ana.bakes,A1,2026-04-01,50.00,5.00,approved,EUR\nana.bakes,A2,2026-04-02,30.00,3.00,pending,EUR\n"
    "carl.cooks,A3,2026-04-03,20.00,2.00,denied,EUR\nana.bakes,A1,2026-04-20,-50.00,-5.00,approved,EUR\n"
)
MODASH = {
    "error": False,
    "profile": {
        "userId": "1",
        "type": "INSTAGRAM",
        "profile": {
            "username": "ana.bakes",
            "fullname": "Ana",
            "url": "https://www.instagram.com/ana.bakes",
            "followers": 12345,
            "engagementRate": 0.0251,
            "engagements": 310,
        },
        "avgLikes": 310,
        "avgComments": 25,
        "country": "DE",
        "statHistory": [
            {"month": "2026-03", "followers": 12000, "avgLikes": 300},
            {"month": "2026-04", "followers": 12200, "avgLikes": 305},
        ],
        "audience": {
            "credibility": 0.82,
            "genders": [{"code": "FEMALE", "weight": 0.7}, {"code": "MALE", "weight": 0.3}],
            "ages": [{"code": "18-24", "weight": 0.4}, {"code": "25-34", "weight": 0.6}],
            "geoCountries": [{"name": "Germany", "code": "DE", "weight": 0.6}],
        },
    },
}
RANKING = (
    ("Rank,Instagram name,Title,Category_1,Category_2,Followers,Followers count,Audience country,Authentic engagement\n,Engagement avg\n")
    .replace("engagement\n,", 'engagement","')
    .replace("Audience country,Authentic", 'Audience country,"Authentic')
)
RANKING = (
    'Rank,Instagram name,Title,Category_1,Followers,Audience country,"Eng. (Auth.)","Eng. (Avg.)",Views avg.\n'
    "1,ana.bakes,Ana,Food,48.5M,India,383.1K,637K,India\n2,carl.cooks,Carl,,13.8M,United States,N/A,1.2M,Brazil\n"
    "3,dora.dines,Dora,Food,0.89k,Deutschland,120,130,Germany\n"
)
INFLUENCE = (
    "rank,channel_info,influence_score,posts,followers,avg_likes,60_day_eng_rate,new_post_avg_like,total_likes,country\n"
    "1,ana.bakes,92,3.3k,475.8m,8.7m,1.39%,6.5m,29.0b,Spain\n2,carl.cooks,88,0.5k,20.1k,1.2k,0.20%,665.3k,5.7m,\n"
)
ASPIRE = (
    "email,uid,id,instagram,tiktok,youtube,pinterest,address1,address2,city,state,postalcode,country\n"
    "a@example.org,1,1,ana.bakes,ana.on.tiktok,https://www.youtube.com/channel/UCabcdefghijklmnopqrstuv,,1 Secret Street,,Town,,12345,DE\n"
)


def _bytes(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).encode()


# path in exports/ to the format that must claim it, and the bytes
SPROUT_POSTS = (
    '"Date","Post ID","Network","Post Type","Content Type","Profile","Sent by","Link","Post","Impressions","Reach","Engagements","Likes",'
    '"Comments","Shares","Saves"\n'
    f'"05-01-2026 10:30 am","18000000000000021","Instagram Business","Post","Photo","\'@ana.bakes","Mia",'
    f'"https://www.instagram.com/p/{shortcode(MAY)}/","Flour, sugar","12,000","9,000","640","600","30","5","5"\n'
)
SPROUT_PROFILES = (
    '"Date","Network","Profile","Audience","Net Audience Growth","Published Posts","Impressions"\n'
    '"05-01-2026","Instagram","\'@ana.bakes","295,379","20","2","12,000"\n'
    '"05-02-2026","Instagram","\'@ana.bakes","295,400","21","0","9,000"\n'
    '"05-01-2026","X","\'@acme","1,200","-3","1","90"\n'
)
TRENDING_OLD = (
    "video_id,trending_date,title,channel_title,category_id,publish_time,tags,views,likes,dislikes,comment_count,thumbnail_link,"
    "comments_disabled,ratings_disabled,video_error_or_removed,description\n"
    '-bCdEfGhIj0,18.01.06,"Salt &amp; ""Pepper""",Ana Bakes,22,2018-05-30T17:13:01.000Z,"a|""b""",1000,90,1,9,x,False,False,False,"a\nb"\n'
    '-bCdEfGhIj0,18.02.06,"Salt &amp; ""Pepper""",Ana Bakes,22,2018-05-30T17:13:01.000Z,"a|""b""",2500,70,1,12,x,False,False,False,"a"\n'
    "kLmNoPqRsT1,18.02.06,Bread,Ben,22,2018-05-30T17:13:01.000Z,[none],500,0,0,0,x,True,True,False,\n"
)
YOUTUBE_COUNTRIES = (
    "Geography,Views,Watch time (hours),Average view duration\nTotal,1000,50.1,0:03:01\nDE,600,30,0:03:00\nUS,300,15,0:03:00\n"
)
YOUTUBE_AGES = "Alter der Zuschauer,Aufrufe (%),Wiedergabezeit (Stunden) (%)\nAGE_18_24,33.1,22\nAGE_25_34,43.1,22\nAGE_65_,23.8,56\n"
YOUTUBE_DAYS = "Date,Views,Watch time (hours),Subscribers\nTotal,300,15.0,2\n2026-05-01,100,5.0,3\n2026-05-02,200,10.0,-1\n"
FLAT_TIKTOK = (
    "authorMeta.name,authorMeta.fans,authorMeta.verified,text,diggCount,shareCount,playCount,commentCount,hashtags/0/name,createTimeISO,"
    "webVideoUrl\n"
    f"ella.eats,12300,false,Pie,1200,10,45000,34,fyp,2026-05-01T17:30:00.000Z,https://www.tiktok.com/@ella.eats/video/{video_id(MAY)}\n"
)
FLAT_YOUTUBE = (
    "kind,id,snippet.title,snippet.customUrl,statistics.viewCount,statistics.subscriberCount,statistics.hiddenSubscriberCount,"
    "statistics.videoCount\n"
    "youtube#channel,UCabcdefghijklmnopqrstuv,Ana,@ana.tv,5885073,39100,False,217\n"
    "youtube#channel,UCabcdefghijklmnopqrstuw,Ben,@ben.tv,99,0,True,3\n"
)
BARE_DAYS = "Datum;Follower\n01.05.2026;1.200\n02.05.2026;1.210\n13.05.2026;1.199\n"
FILES: dict[str, tuple[str, bytes]] = {
    path: (name, _bytes(content))
    for path, name, content in (
        ("May-01-2026_May-31-2026_1.csv", "Meta Business Suite content export", META_EN),
        ("de.csv", "Meta Business Suite content export", META_DE),
        ("sv.csv", "Meta Business Suite content export", META_SV),
        ("fb.csv", "Meta Business Suite content export", META_FACEBOOK),
        ("daily.csv", "Meta Business Suite content export", META_DAILY),
        ("results.csv", "Meta Business Suite results", BOM.encode("utf-16-le") + META_RESULTS.encode("utf-16-le")),
        ("audience.csv", "Meta Business Suite audience", BOM.encode("utf-16-le") + META_AUDIENCE.encode("utf-16-le")),
        ("graph.json", "Instagram Graph API", GRAPH),
        ("posts_1.json", "Instagram data download", DOWNLOAD),
        ("one.json", "Instaloader", INSTALOADER),
        ("hidden.json.xz", "Instaloader", lzma.compress(_bytes(INSTALOADER_HIDDEN))),
        ("apify.json", "Apify Instagram", APIFY),
        ("ct.csv", "CrowdTangle", CROWDTANGLE),
        ("@ella.eats/Content.csv", "TikTok Studio", TIKTOK_CONTENT),
        ("@ella.eats/FollowerHistory.csv", "TikTok Studio", TIKTOK_HISTORY),
        ("Overview.csv", "TikTok Studio", TIKTOK_OVERVIEW),
        ("@ella.eats/FollowerGender.csv", "TikTok Studio", TIKTOK_GENDER),
        ("@ella.eats/FollowerTopTerritories.csv", "TikTok Studio", TIKTOK_PLACES),
        ("research.json", "TikTok API", TIKTOK_API),
        ("@fredfilms/Table data.csv", "YouTube Studio table data", YOUTUBE_EN),
        ("@hans/Tabellendaten.csv", "YouTube Studio table data", YOUTUBE_DE),
        ("@hana/表データ.csv", "YouTube Studio table data", YOUTUBE_JA),
        ("channels.json", "YouTube Data API", YOUTUBE_CHANNELS),
        ("videos.json", "YouTube Data API", YOUTUBE_VIDEOS),
        ("one.info.json", "yt-dlp info JSON", YT_DLP),
        ("orders_export.csv", "Shopify orders", SHOPIFY),
        ("woo.csv", "WooCommerce orders", WOO),
        ("snapshot.csv", "Google Analytics 4", GA4),
        ("snapshot-excel.csv", "Google Analytics 4", GA4_EXCEL),
        ("events.jsonl", "Google Analytics 4", BIGQUERY),
        ("conversions.csv", "affiliate conversions", AFFILIATE),
        ("report.json", "Modash report", MODASH),
        ("hype.csv", "ranking table", RANKING),
        ("top_insta.csv", "ranking table", INFLUENCE),
        ("aspire.csv", "creator contacts", ASPIRE),
        ("sprout posts.csv", "Sprout Social", SPROUT_POSTS),
        ("sprout profiles.csv", "Sprout Social", SPROUT_PROFILES),
        ("USvideos.csv", "YouTube trending list", TRENDING_OLD),
        ("@ana.tv/Geography.csv", "YouTube Studio breakdown", YOUTUBE_COUNTRIES),
        ("@ana.tv/Alter.csv", "YouTube Studio breakdown", YOUTUBE_AGES),
        ("yt days.csv", "YouTube Studio breakdown", YOUTUBE_DAYS),
        ("tiktok-scraper.csv", "TikTok API", FLAT_TIKTOK),
        ("yt channels.csv", "YouTube Data API", FLAT_YOUTUBE),
        ("@bea.backt/instagram/days.csv", "followers by day", BARE_DAYS),
    )
}
