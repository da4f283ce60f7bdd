"""Which properties each Intuit object has, and of what kind: the closed list that a request is held against.

Names and kinds are those of Intuit's public schema (Finance.xsd, July 2026). A kind is `text`, `id`,
`number`, `whole`, `flag`, `day`, `moment`, `anything`, another object of this table or a choice of
`CHOICES`; `*` marks a list.
"""

from __future__ import annotations

FIELDS: dict[str, str] = {
    "Account": (
        "domain:text sparse:flag status:EntityStatusEnum AccountAlias:text AccountEx:anything "
        "AccountPurposes:ReferenceType* AccountSubType:text AccountType:AccountTypeEnum AcctNum:text "
        "AcctNumExtn:text Active:flag AttachableRef:AttachableRef* BankNum:text "
        "Classification:AccountClassificationEnum CurrencyRef:ReferenceType CurrentBalance:number "
        "CurrentBalanceWithSubAccounts:number CustomField:CustomField* Description:text FIName:text "
        "FullyQualifiedName:text Id:id JournalCodeRef:ReferenceType MetaData:ModificationMetaData "
        "Name:text OnlineBankingEnabled:flag OpeningBalance:number OpeningBalanceDate:day "
        "ParentRef:ReferenceType SubAccount:flag SyncToken:text TaxAccount:flag TaxCodeRef:ReferenceType "
        "TxnLocationType:text"
    ),
    "AccountBasedExpenseLineDetail": (
        "AccountRef:ReferenceType BillableStatus:BillableStatusEnum ClassRef:ReferenceType "
        "CustomerRef:ReferenceType ExpenseDetailLineDetailEx:anything MarkupInfo:MarkupInfo "
        "TaxAmount:number TaxCodeRef:ReferenceType TaxInclusiveAmt:number"
    ),
    "AdvancedInventoryPrefs": (
        "BarcodeEnabled:flag EnhancedInventoryReceivingEnabled:flag FIFOEffectiveDate:day "
        "FIFOEnabled:flag MLIAvailable:flag MLIEnabled:flag RowShelfBinEnabled:flag "
        "TrackingOnBuildAssemblyEnabled:flag TrackingOnInventoryAdjustmentEnabled:flag "
        "TrackingOnPurchaseTransactionsEnabled:flag TrackingOnSalesTransactionsEnabled:flag "
        "TrackingSerialOrLotNumber:flag"
    ),
    "AttachableRef": (
        "AttachableRefEx:anything CustomField:CustomField* EntityRef:ReferenceType IncludeOnSend:flag "
        "LineInfo:id"
    ),
    "CheckPayment": (
        "AcctNum:text BankName:text CheckNum:text CheckPaymentEx:anything NameOnAcct:text Status:text"
    ),
    "Class": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AttachableRef:AttachableRef* "
        "ClassEx:anything CustomField:CustomField* FullyQualifiedName:text Id:id "
        "MetaData:ModificationMetaData Name:text ParentRef:ReferenceType SubClass:flag SyncToken:text"
    ),
    "CompanyAccountingPrefs": (
        "AutoJournalEntryNumber:flag BookCloseDate:day ClassTrackingPerTxn:flag "
        "ClassTrackingPerTxnLine:flag CustomerTerminology:text DefaultAPAccount:ReferenceType "
        "DefaultARAccount:ReferenceType DepartmentTerminology:text FirstMonthOfFiscalYear:MonthEnum "
        "OtherContactInfo:ContactInfo* RequiresAccounts:flag TaxForm:text TaxYearMonth:MonthEnum "
        "TrackDepartments:flag UseAccountNumbers:flag"
    ),
    "CompanyInfo": (
        "domain:text sparse:flag status:EntityStatusEnum AttachableRef:AttachableRef* "
        "CompanyAddr:PhysicalAddress CompanyEmailAddr:EmailAddress CompanyFileName:text "
        "CompanyInfoEx:anything CompanyName:text CompanyStartDate:day CompanyURL:WebSiteAddress "
        "CompanyUserAdminEmail:text CompanyUserId:text Country:text CustomField:CustomField* "
        "CustomerCommunicationAddr:PhysicalAddress CustomerCommunicationEmailAddr:EmailAddress "
        "DefaultTimeZone:text Email:EmailAddress EmployerId:text Fax:TelephoneNumber "
        "FifoCalculationStatus:FifoCalculationStatus FiscalYearStartMonth:MonthEnum FlavorStratum:text "
        "Id:id LastImportedTime:moment LastSyncTime:moment LegalAddr:PhysicalAddress LegalName:text "
        "MetaData:ModificationMetaData Mobile:TelephoneNumber MultiByteCharsSupported:flag "
        "NameValue:NameValue* OtherAddr:PhysicalAddress* OtherContactInfo:ContactInfo* "
        "PrimaryPhone:TelephoneNumber QBVersion:text SampleFile:flag ShipAddr:PhysicalAddress "
        "SupportedLanguages:text SyncToken:text TaxYearStartMonth:MonthEnum WebAddr:WebSiteAddress"
    ),
    "ContactInfo": (
        "Email:EmailAddress OtherContact:GenericContactType Telephone:TelephoneNumber "
        "Type:ContactTypeEnum WebSite:WebSiteAddress"
    ),
    "ConvenienceFeeDetail": (
        "domain:text sparse:flag status:EntityStatusEnum AttachableRef:AttachableRef* "
        "ConvenienceFeePercent:number ConvenienceFeeType:ConvenienceFeeTypeEnum CustomField:CustomField* "
        "Id:id MetaData:ModificationMetaData SyncToken:text"
    ),
    "CreditCardPayment": "CreditChargeInfo:CreditChargeInfo CreditChargeResponse:CreditChargeResponse",
    "CreditChargeInfo": (
        "Amount:number BillAddrStreet:text CCTxnMode:CCTxnModeEnum CCTxnType:CCTxnTypeEnum "
        "CcExpiryMonth:whole CcExpiryYear:whole CommercialCardCode:text CreditCardChargeInfoEx:anything "
        "NameOnAcct:text Number:text PostalCode:text PrevCCTransId:text ProcessPayment:flag Type:text"
    ),
    "CreditChargeResponse": (
        "AuthCode:text AvsStreet:CCAVSMatchEnum AvsZip:CCAVSMatchEnum CCProcessor:text CCTransId:text "
        "CardSecurityCodeMatch:CCSecurityCodeMatchEnum ClientTransID:text CreditChargeResponseEx:anything "
        "MerchantAcctNum:text PaymentGroupingCode:whole ReconBatchId:text ResultCode:whole ResultMsg:text "
        "SecurityCode:text Status:CCPaymentStatusEnum TxnAuthorizationStamp:whole "
        "TxnAuthorizationTime:moment"
    ),
    "CreditMemo": (
        "domain:text sparse:flag status:EntityStatusEnum ARAccountRef:ReferenceType "
        "ApplyTaxAfterDiscount:flag AttachableRef:AttachableRef* AutoDocNumber:flag Balance:number "
        "BillAddr:PhysicalAddress BillEmail:EmailAddress BillEmailBcc:EmailAddress "
        "BillEmailCc:EmailAddress CheckPayment:CheckPayment ClassRef:ReferenceType "
        "CreditCardPayment:CreditCardPayment CreditMemoEx:anything CurrencyRef:ReferenceType "
        "CustomField:CustomField* CustomerMemo:MemoRef CustomerRef:ReferenceType "
        "DeliveryInfo:TransactionDeliveryInfo DepartmentRef:ReferenceType "
        "DepositToAccountRef:ReferenceType DiscountAmt:number DiscountRate:number DocNumber:text "
        "DueDate:day EmailStatus:EmailStatusEnum ExchangeRate:number FOB:text FinanceCharge:flag "
        "FreeFormAddress:flag GlobalTaxCalculation:GlobalTaxCalculationEnum GovtTxnRefIdentifier:text "
        "HomeBalance:number HomeTotalAmt:number HomeTotalCostAmount:number Id:id InvoiceRef:ReferenceType "
        "Line:Line* LinkedTxn:LinkedTxn* MetaData:ModificationMetaData PONumber:text "
        "PaymentMethodRef:ReferenceType PaymentRefNum:text PaymentType:PaymentTypeEnum "
        "PrintStatus:PrintStatusEnum PrivateNote:text ProjectRef:ReferenceType RecurDataRef:ReferenceType "
        "RecurringInfo:RecurringInfo RemainingCredit:number RemitToRef:ReferenceType "
        "SalesRepRef:ReferenceType SalesTermRef:ReferenceType ShipAddr:PhysicalAddress ShipDate:day "
        "ShipFromAddr:PhysicalAddress ShipMethodRef:ReferenceType ShippingTaxIncludedInTotalTax:flag "
        "SyncToken:text Tag:Tag* TaxExemptionRef:ReferenceType TaxFormNum:text TaxFormType:text "
        "TemplateRef:ReferenceType TotalAmt:number TotalCostAmount:number TrackingNum:text "
        "TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day TxnSource:text "
        "TxnStatus:text TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail"
    ),
    "CurrencyPrefs": "HomeCurrency:ReferenceType MultiCurrencyEnabled:flag",
    "CustomExtensionAssociatedValues": "Key:text Value:text",
    "CustomExtensions": "AssociatedValues:CustomExtensionAssociatedValues* ExtensionType:text",
    "CustomField": (
        "BooleanValue:flag DateValue:day DefinitionId:id Name:text NumberValue:number StringValue:text "
        "Type:CustomFieldTypeEnum"
    ),
    "CustomFieldDefinition": (
        "domain:text sparse:flag status:EntityStatusEnum AppId:text AttachableRef:AttachableRef* "
        "CustomField:CustomField* EntityType:text Hidden:flag Id:id MetaData:ModificationMetaData "
        "Name:text Required:flag SyncToken:text"
    ),
    "Customer": (
        "domain:text sparse:flag status:EntityStatusEnum ARAccountRef:ReferenceType AcctNum:text "
        "Active:flag AltContactName:text AlternatePhone:TelephoneNumber AttachableRef:AttachableRef* "
        "Balance:number BalanceWithJobs:number BillAddr:PhysicalAddress BillWithParent:flag "
        "BusinessNumber:text CCDetail:CreditChargeInfo ClientCompanyId:text ClientEntityId:text "
        "CompanyName:text ContactName:text CreditLimit:number CurrencyRef:ReferenceType "
        "CustomField:CustomField* CustomerEx:anything CustomerTypeRef:ReferenceType "
        "DefaultTaxCodeRef:ReferenceType DisplayName:text FamilyName:text Fax:TelephoneNumber "
        "FullyQualifiedName:text GSTIN:text GSTRegistrationType:text GivenName:text Id:id IntuitId:text "
        "IsCISContractor:flag IsProject:flag Job:flag JobInfo:JobInfo Level:whole "
        "MetaData:ModificationMetaData MiddleName:text Mobile:TelephoneNumber Notes:text "
        "OpenBalanceDate:day Organization:flag OtherAddr:PhysicalAddress* OtherContactInfo:ContactInfo* "
        "OverDueBalance:number ParentRef:ReferenceType PaymentMethodRef:ReferenceType "
        "PreferredDeliveryMethod:text PriceLevelRef:ReferenceType PrimaryEmailAddr:EmailAddress "
        "PrimaryPhone:TelephoneNumber PrimaryTaxIdentifier:text PrintOnCheckName:text ResaleNum:text "
        "RootCustomerRef:ReferenceType SalesRepRef:ReferenceType SalesTermRef:ReferenceType "
        "SecondaryTaxIdentifier:text ShipAddr:PhysicalAddress Source:text Suffix:text SyncToken:text "
        "TDSEnabled:flag TaxExemptionReasonId:text TaxGroupCodeRef:ReferenceType TaxRateRef:ReferenceType "
        "TaxRegime:text Taxable:flag Title:text TotalExpense:number TotalRevenue:number UserId:text "
        "V4IDPseudonym:text WebAddr:WebSiteAddress"
    ),
    "Department": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag Address:PhysicalAddress "
        "AttachableRef:AttachableRef* CustomField:CustomField* DepartmentEx:anything "
        "FullyQualifiedName:text Id:id MetaData:ModificationMetaData Name:text ParentRef:ReferenceType "
        "SubDepartment:flag SyncToken:text"
    ),
    "DepositLineDetail": (
        "AccountRef:ReferenceType CheckNum:text ClassRef:ReferenceType DepositLineDetailEx:anything "
        "Entity:ReferenceType PaymentMethodRef:ReferenceType TaxApplicableOn:TaxApplicableOnEnum "
        "TaxCodeRef:ReferenceType TxnType:TxnTypeEnum"
    ),
    "DescriptionLineDetail": "DescriptionLineDetailEx:anything ServiceDate:day TaxCodeRef:ReferenceType",
    "DiscountLineDetail": (
        "ClassRef:ReferenceType DiscountAccountRef:ReferenceType DiscountLineDetailEx:anything "
        "DiscountPercent:number DiscountRef:ReferenceType PercentBased:flag ServiceDate:day "
        "TaxCodeRef:ReferenceType"
    ),
    "DiscountOverride": (
        "DiscountAccountRef:ReferenceType DiscountPercent:number DiscountRef:ReferenceType PercentBased:flag"
    ),
    "EffectiveTaxRate": "EffectiveDate:moment EffectiveTaxRateEx:anything EndDate:moment RateValue:number",
    "EmailAddress": "Address:text Default:flag Id:id Tag:text",
    "EmailMessage": "Message:text Subject:text",
    "EmailMessagesPrefs": (
        "EstimateMessage:EmailMessage InvoiceMessage:EmailMessage NameValue:NameValue* "
        "SalesReceiptMessage:EmailMessage StatementMessage:EmailMessage"
    ),
    "EnabledSurchargeInfo": "ACH:SurchargePaymentMethodInfo Card:SurchargePaymentMethodInfo Enabled:flag",
    "EntityTypeRef": "EntityRef:ReferenceType Type:EntityTypeEnum",
    "FinanceChargePrefs": (
        "AnnualInterestRate:number AssessFinChrgForOverdueCharges:flag CalcFinChrgFromTxnDate:flag "
        "FinChrgAccountRef:ReferenceType GracePeriod:whole MinFinChrg:number"
    ),
    "GenericContactType": "Default:flag Id:id Name:text Tag:text Type:text Value:text",
    "GroupLineDetail": (
        "GroupItemRef:ReferenceType GroupLineDetailEx:anything Line:Line* Quantity:number ServiceDate:day "
        "UOMRef:UOMRef"
    ),
    "Invoice": (
        "domain:text sparse:flag status:EntityStatusEnum ARAccountRef:ReferenceType AllowIPNPayment:flag "
        "AllowOnlineACHPayment:flag AllowOnlineAffirmPayment:flag AllowOnlineCreditCardPayment:flag "
        "AllowOnlinePayPalPayment:flag AllowOnlinePayment:flag ApplyTaxAfterDiscount:flag "
        "AttachableRef:AttachableRef* AutoDocNumber:flag AutoPayEligible:flag Balance:number "
        "BillAddr:PhysicalAddress BillEmail:EmailAddress BillEmailBcc:EmailAddress "
        "BillEmailCc:EmailAddress CfdiUse:whole CheckPayment:CheckPayment ClassRef:ReferenceType "
        "ConvenienceFeeDetail:ConvenienceFeeDetail CreditCardPayment:CreditCardPayment "
        "CurrencyRef:ReferenceType CustomField:CustomField* CustomerMemo:MemoRef "
        "CustomerRef:ReferenceType DeliveryInfo:TransactionDeliveryInfo DepartmentRef:ReferenceType "
        "Deposit:number DepositToAccountRef:ReferenceType DiscountAmt:number DiscountRate:number "
        "DocNumber:text DueDate:day ECloudStatusTimeStamp:moment EInvoiceStatus:ETransactionStatusEnum "
        "EmailStatus:EmailStatusEnum EnabledSurchargeInfo:EnabledSurchargeInfo ExchangeRate:number "
        "Exportation:text FOB:text FinanceCharge:flag FinancingProductType:FinancingProductTypeEnum "
        "FreeFormAddress:flag GlobalInfo:MXGlobalInfo GlobalTaxCalculation:GlobalTaxCalculationEnum "
        "GovtTxnRefIdentifier:text GratuityEnabled:flag HomeBalance:number HomeTotalAmt:number "
        "HomeTotalCostAmount:number Id:id InvoiceEx:anything InvoiceLink:text InvoiceLinkExpiryDate:day "
        "InvoiceLinkSecurityCode:text LessCIS:number Line:Line* LinkedTxn:LinkedTxn* "
        "MetaData:ModificationMetaData PONumber:text PaymentDetailsMessage:text "
        "PaymentMethodRef:ReferenceType PaymentRefNum:text PaymentType:PaymentTypeEnum "
        "PrintStatus:PrintStatusEnum PrivateNote:text ProjectRef:ReferenceType RecurDataRef:ReferenceType "
        "RecurringInfo:RecurringInfo RemitToRef:ReferenceType SalesRepRef:ReferenceType "
        "SalesTermRef:ReferenceType SchedulePayEligible:flag ScheduledPaymentId:text "
        "ShipAddr:PhysicalAddress ShipDate:day ShipFromAddr:PhysicalAddress ShipMethodRef:ReferenceType "
        "ShippingTaxIncludedInTotalTax:flag SubscriptionPaymentsSetting:SubscriptionPaymentsSettingEnum "
        "SyncToken:text Tag:Tag* TaxExemptionRef:ReferenceType TaxFormNum:text TaxFormType:text "
        "TemplateRef:ReferenceType TotalAmt:number TotalCostAmount:number TrackingNum:text "
        "TransactionLocationType:text TxnApprovalInfo:TxnApprovalInfo TxnDate:day "
        "TxnRetainageDetail:TxnRetainageDetail TxnSource:text TxnStatus:text TxnSubType:TxnSubTypeEnum "
        "TxnTaxDetail:TxnTaxDetail callToAction:text invoiceStatus:text invoiceStatusLog:StatusInfo*"
    ),
    "Item": (
        "domain:text sparse:flag status:EntityStatusEnum AbatementRate:number Active:flag "
        "AssetAccountRef:ReferenceType AttachableRef:AttachableRef* AvgCost:number BuildPoint:number "
        "COGSAccountRef:ReferenceType ClassRef:ReferenceType CustomExtensions:CustomExtensions* "
        "CustomField:CustomField* DeferredRevenue:flag DepositToAccountRef:ReferenceType Description:text "
        "ExpenseAccountRef:ReferenceType FullyQualifiedName:text Id:id IncomeAccountRef:ReferenceType "
        "InvStartDate:day ItemAssemblyDetail:ItemAssemblyDetail ItemCategoryType:text ItemEx:anything "
        "ItemGroupDetail:ItemGroupDetail Level:whole ManPartNum:text MetaData:ModificationMetaData "
        "Name:text ParentRef:ReferenceType PaymentMethodRef:ReferenceType PercentBased:flag "
        "PrefVendorRef:ReferenceType PrintGroupedItems:flag PurchaseCost:number PurchaseDesc:text "
        "PurchaseTaxCodeRef:ReferenceType PurchaseTaxIncluded:flag QtyOnHand:number "
        "QtyOnPurchaseOrder:number QtyOnSalesOrder:number RatePercent:number ReorderPoint:number "
        "ReverseChargeRate:number SalesTaxCodeRef:ReferenceType SalesTaxIncluded:flag ServiceType:text "
        "Sku:text Source:text SpecialItem:flag SpecialItemType:SpecialItemTypeEnum SubItem:flag "
        "SyncToken:text TaxClassificationRef:ReferenceType Taxable:flag TrackQtyOnHand:flag "
        "Type:ItemTypeEnum UOMSetRef:ReferenceType UQCDisplayText:text UQCId:text UnitPrice:number"
    ),
    "ItemAdjustmentLineDetail": (
        "ClassRef:ReferenceType ItemRef:ReferenceType NewQty:number QtyDiff:number SalesPrice:number"
    ),
    "ItemAssemblyDetail": "ItemAssemblyLine:ItemComponentLine*",
    "ItemBasedExpenseLineDetail": (
        "BillableStatus:BillableStatusEnum ClassRef:ReferenceType CustomerRef:ReferenceType "
        "InventorySiteRef:ReferenceType ItemAccountRef:ReferenceType "
        "ItemBasedExpenseLineDetailEx:anything ItemRef:ReferenceType MarkupInfo:MarkupInfo "
        "PriceLevelRef:ReferenceType Qty:number RatePercent:number TaxClassificationRef:ReferenceType "
        "TaxCodeRef:ReferenceType TaxInclusiveAmt:number UOMRef:UOMRef UnitCostPrice:number "
        "UnitPrice:number"
    ),
    "ItemComponentLine": "ItemRef:ReferenceType Qty:number UOMRef:UOMRef",
    "ItemGroupDetail": "ItemGroupLine:ItemComponentLine*",
    "ItemReceiptLineDetail": "ItemReceiptLineDetailEx:anything",
    "JobInfo": (
        "Description:text EndDate:day JobTypeRef:ReferenceType ProjectedEndDate:day StartDate:day "
        "Status:JobStatusEnum"
    ),
    "JournalEntryLineDetail": (
        "AccountRef:ReferenceType BillableStatus:BillableStatusEnum ClassRef:ReferenceType "
        "DepartmentRef:ReferenceType Entity:EntityTypeRef JournalCodeRef:ReferenceType "
        "JournalEntryLineDetailEx:anything PostingType:PostingTypeEnum TaxAmount:number "
        "TaxApplicableOn:TaxApplicableOnEnum TaxCodeRef:ReferenceType TaxInclusiveAmt:number "
        "TaxRateRef:ReferenceType"
    ),
    "Line": (
        "AccountBasedExpenseLineDetail:AccountBasedExpenseLineDetail Amount:number CostAmount:number "
        "CustomExtensions:CustomExtensions* CustomField:CustomField* DepositLineDetail:DepositLineDetail "
        "Description:text DescriptionLineDetail:DescriptionLineDetail DetailType:LineDetailTypeEnum "
        "DiscountLineDetail:DiscountLineDetail GroupLineDetail:GroupLineDetail HomeCostAmount:number "
        "Id:id ItemAdjustmentLineDetail:ItemAdjustmentLineDetail "
        "ItemBasedExpenseLineDetail:ItemBasedExpenseLineDetail "
        "ItemReceiptLineDetail:ItemReceiptLineDetail JournalEntryLineDetail:JournalEntryLineDetail "
        "LineEx:anything LineNum:whole LinkedTxn:LinkedTxn* PaymentLineDetail:PaymentLineDetail "
        "ProjectRef:ReferenceType PurchaseOrderItemLineDetail:PurchaseOrderItemLineDetail Received:number "
        "ReimburseLineDetail:ReimburseLineDetail SalesItemLineDetail:SalesItemLineDetail "
        "SalesOrderItemLineDetail:SalesOrderItemLineDetail SubTotalLineDetail:SubTotalLineDetail "
        "TDSLineDetail:TDSLineDetail TaxLineDetail:TaxLineDetail"
    ),
    "LinkedTxn": "TxnId:id TxnLineId:id TxnType:text",
    "MXGlobalInfo": "Month:text Periodicity:text Year:text",
    "MarkupInfo": (
        "MarkUpIncomeAccountRef:ReferenceType Percent:number PercentBased:flag "
        "PriceLevelRef:ReferenceType Value:number"
    ),
    "MemoRef": "value:text id:text",
    "ModificationMetaData": (
        "CreateTime:moment CreatedByRef:ReferenceType LastChangedInQB:moment "
        "LastModifiedByRef:ReferenceType LastUpdatedTime:moment Synchronized:flag"
    ),
    "NameValue": "Name:text Value:text",
    "OtherPrefs": "NameValue:NameValue*",
    "Payment": (
        "domain:text sparse:flag status:EntityStatusEnum ARAccountRef:ReferenceType "
        "AttachableRef:AttachableRef* CheckPayment:CheckPayment CreditCardPayment:CreditCardPayment "
        "CurrencyRef:ReferenceType CustomField:CustomField* CustomerRef:ReferenceType "
        "DepartmentRef:ReferenceType DepositToAccountRef:ReferenceType DocNumber:text ExchangeRate:number "
        "HomeTotalCostAmount:number Id:id Line:Line* LinkedTxn:LinkedTxn* MetaData:ModificationMetaData "
        "PaymentEx:anything PaymentExtendedType:PaymentExtendedTypeEnum PaymentMethodRef:ReferenceType "
        "PaymentRefNum:text PaymentType:PaymentTypeEnum PrivateNote:text ProcessPayment:flag "
        "ProjectRef:ReferenceType RecurDataRef:ReferenceType RecurringInfo:RecurringInfo "
        "RemitToRef:ReferenceType SyncToken:text Tag:Tag* TaxFormNum:text TaxFormType:text "
        "TotalAmt:number TotalCostAmount:number TransactionLocationType:text "
        "TxnApprovalInfo:TxnApprovalInfo TxnDate:day TxnSource:text TxnStatus:text "
        "TxnSubType:TxnSubTypeEnum TxnTaxDetail:TxnTaxDetail UnappliedAmt:number"
    ),
    "PaymentLineDetail": (
        "Balance:number ClassRef:ReferenceType Discount:DiscountOverride HomeBalance:number "
        "ItemRef:ReferenceType PaymentLineEx:anything ServiceDate:day"
    ),
    "PaymentMethod": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AttachableRef:AttachableRef* "
        "CustomField:CustomField* Id:id MetaData:ModificationMetaData Name:text PaymentMethodEx:anything "
        "SyncToken:text Type:text"
    ),
    "PhysicalAddress": (
        "City:text Country:text CountryCode:text CountrySubDivisionCode:text County:text Id:id Lat:text "
        "Line1:text Line2:text Line3:text Line4:text Line5:text Long:text Note:text PostalCode:text "
        "PostalCodeSuffix:text Tag:text"
    ),
    "Preferences": (
        "domain:text sparse:flag status:EntityStatusEnum AccountingInfoPrefs:CompanyAccountingPrefs "
        "AdvancedInventoryPrefs:AdvancedInventoryPrefs AttachableRef:AttachableRef* "
        "CurrencyPrefs:CurrencyPrefs CustomField:CustomField* EmailMessagesPrefs:EmailMessagesPrefs "
        "FinanceChargesPrefs:FinanceChargePrefs Id:id MetaData:ModificationMetaData OtherPrefs:OtherPrefs "
        "PrintDocumentPrefs:PrintDocumentPrefs ProductAndServicesPrefs:ProductAndServicesPrefs "
        "ReportPrefs:ReportPrefs SalesFormsPrefs:SalesFormsPrefs SyncToken:text TaxPrefs:TaxPrefs "
        "TimeTrackingPrefs:TimeTrackingPrefs VendorAndPurchasesPrefs:VendorAndPurchasesPrefs"
    ),
    "PrintDocumentPrefs": "NameValue:NameValue*",
    "ProductAndServicesPrefs": (
        "ForPurchase:flag ForSales:flag InventoryAndPurchaseOrder:flag QuantityOnHand:flag "
        "QuantityWithPriceAndRate:flag RevenueRecognition:flag RevenueRecognitionFrequency:text "
        "UOM:UOMFeatureTypeEnum"
    ),
    "PurchaseOrderItemLineDetail": (
        "ClassRef:ReferenceType DeferredRevenue:flag DiscountAmt:number DiscountRate:number "
        "InventorySiteRef:ReferenceType ItemAccountRef:ReferenceType ItemRef:ReferenceType "
        "ManPartNum:text ManuallyClosed:flag MarkupInfo:MarkupInfo OpenQty:number "
        "PriceLevelRef:ReferenceType PurchaseOrderItemLineDetailEx:anything Qty:number RatePercent:number "
        "RetainageAmount:number SalesItemLineDetailEx:anything ServiceDate:day "
        "TaxClassificationRef:ReferenceType TaxCodeRef:ReferenceType TaxInclusiveAmt:number UOMRef:UOMRef "
        "UnitCostPrice:number UnitPrice:number"
    ),
    "RecurringInfo": "Active:flag Name:text RecurType:text ScheduleInfo:RecurringScheduleInfo",
    "RecurringScheduleInfo": (
        "DayOfMonth:whole DayOfWeek:WeekEnum DaysBefore:whole EndDate:day IntervalType:text "
        "MaxOccurrences:whole MonthOfYear:MonthEnum NextDate:day NumInterval:whole PreviousDate:day "
        "RemindDays:whole StartDate:day WeekOfMonth:whole"
    ),
    "ReferenceType": "value:text name:text type:text",
    "ReimburseLineDetail": (
        "ClassRef:ReferenceType InventorySiteRef:ReferenceType ItemAccountRef:ReferenceType "
        "ItemRef:ReferenceType MarkupInfo:MarkupInfo PriceLevelRef:ReferenceType Qty:number "
        "RatePercent:number TaxClassificationRef:ReferenceType TaxCodeRef:ReferenceType UOMRef:UOMRef "
        "UnitCostPrice:number UnitPrice:number"
    ),
    "ReportPrefs": "CalcAgingReportFromTxnDate:flag ReportBasis:ReportBasisEnum",
    "SalesFormsPrefs": (
        "AllowDeposit:flag AllowDiscount:flag AllowEstimates:flag AllowServiceDate:flag "
        "AllowShipping:flag AutoApplyCredit:flag AutoApplyPayments:flag "
        "CustomField:CustomFieldDefinition* CustomTxnNumbers:flag DefaultCustomerMessage:text "
        "DefaultDeliveryMethod:text DefaultDiscountAccount:text DefaultFOB:text DefaultItem:ReferenceType "
        "DefaultMarkup:number DefaultShipMethodRef:ReferenceType DefaultShippingAccount:text "
        "DefaultTerms:ReferenceType DelayedCharges:flag ETransactionAttachPDF:flag "
        "ETransactionEnabledStatus:ETransactionEnabledStatusEnum ETransactionPaymentEnabled:flag "
        "EmailCopyToCompany:flag EstimateMessage:text IPNSupportEnabled:flag InvoiceMessage:text "
        "PrintItemWithZeroAmount:flag SalesEmailBcc:EmailAddress SalesEmailCc:EmailAddress "
        "TrackReimbursableExpensesAsIncome:flag UsingPriceLevels:flag UsingProgressInvoicing:flag "
        "UsingSalesOrders:flag"
    ),
    "SalesItemLineDetail": (
        "ClassRef:ReferenceType DeferredRevenue:flag DiscountAmt:number DiscountRate:number "
        "InventorySiteRef:ReferenceType ItemAccountRef:ReferenceType ItemRef:ReferenceType "
        "MarkupInfo:MarkupInfo PriceLevelRef:ReferenceType Qty:number RatePercent:number "
        "RetainageAmount:number SalesItemLineDetailEx:anything ServiceDate:day "
        "TaxClassificationRef:ReferenceType TaxCodeRef:ReferenceType TaxInclusiveAmt:number UOMRef:UOMRef "
        "UnitCostPrice:number UnitPrice:number"
    ),
    "SalesOrderItemLineDetail": (
        "ClassRef:ReferenceType DeferredRevenue:flag DiscountAmt:number DiscountRate:number "
        "InventorySiteRef:ReferenceType ItemAccountRef:ReferenceType ItemRef:ReferenceType "
        "ManuallyClosed:flag MarkupInfo:MarkupInfo PriceLevelRef:ReferenceType Qty:number "
        "RatePercent:number RetainageAmount:number SalesItemLineDetailEx:anything ServiceDate:day "
        "TaxClassificationRef:ReferenceType TaxCodeRef:ReferenceType TaxInclusiveAmt:number UOMRef:UOMRef "
        "UnitCostPrice:number UnitPrice:number"
    ),
    "StatusInfo": "callToAction:text status:text statusDate:day",
    "SubTotalLineDetail": "ItemRef:ReferenceType ServiceDate:day",
    "SurchargePaymentMethodInfo": "Enabled:flag",
    "TDSLineDetail": "TDSAccountRef:ReferenceType TDSLineDetailEx:anything TDSSectionTypeId:whole",
    "Tag": (
        "domain:text sparse:flag status:EntityStatusEnum AttachableRef:AttachableRef* "
        "CustomField:CustomField* Id:id MetaData:ModificationMetaData Name:text SyncToken:text"
    ),
    "TaxAgency": (
        "domain:text sparse:flag status:EntityStatusEnum APAccountRef:ReferenceType AcctNum:text "
        "Active:flag AgencyVerificationStatus:AgencyVerificationStatus AgencyVerificationStatusMsg:text "
        "AgencyVerificationTSUTC:moment AltContactName:text AlternatePhone:TelephoneNumber "
        "AttachableRef:AttachableRef* Balance:number BillAddr:PhysicalAddress BillRate:number "
        "BusinessNumber:text CISRate:text CompanyName:text CompanyRegistrationNumber:text "
        "ContactName:text CostRate:number CreditLimit:number CurrencyRef:ReferenceType "
        "CustomField:CustomField* DefaultTaxCodeRef:ReferenceType DisplayName:text FamilyName:text "
        "Fax:TelephoneNumber FullyQualifiedName:text GSTIN:text GSTRegistrationType:text GivenName:text "
        "HasTPAR:flag Id:id IntuitId:text IsSubContractor:flag LastFileDate:day "
        "MetaData:ModificationMetaData MiddleName:text Mobile:TelephoneNumber Notes:text "
        "OpenBalanceDate:day Organization:flag OtherAddr:PhysicalAddress* OtherContactInfo:ContactInfo* "
        "ParentRef:ReferenceType PrefillAccountRef:ReferenceType PrimaryEmailAddr:EmailAddress "
        "PrimaryPhone:TelephoneNumber PrintOnCheckName:text ReportingPeriod:text "
        "SalesTaxCodeRef:ReferenceType SalesTaxCountry:text SalesTaxReturnRef:ReferenceType "
        "ShipAddr:PhysicalAddress Source:text SubcontractorType:text Suffix:text SyncToken:text "
        "T4AEligible:flag T5018Eligible:flag TDSEnabled:flag TDSEntityTypeId:whole "
        "TDSOverrideThreshold:flag TDSSectionTypeId:whole TaxAgencyConfig:text TaxAgencyExt:anything "
        "TaxCountry:text TaxIdEffectiveDate:day TaxIdentifier:text TaxOnPurchasesAccountRef:ReferenceType "
        "TaxOnTax:flag TaxRegistrationNumber:text TaxReportingBasis:text TaxTrackedOnPurchases:flag "
        "TaxTrackedOnSales:flag TaxTrackedOnSalesAccountRef:ReferenceType TermRef:ReferenceType "
        "Title:text UserId:text V4IDPseudonym:text Vendor1099:flag VendorEx:anything "
        "VendorPaymentBankDetail:VendorBankAccountDetail VendorTypeRef:ReferenceType "
        "WebAddr:WebSiteAddress"
    ),
    "TaxCode": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AdjustmentTaxRateList:TaxRateList "
        "AttachableRef:AttachableRef* CustomField:CustomField* Description:text Hidden:flag Id:id "
        "MetaData:ModificationMetaData Name:text PurchaseTaxRateList:TaxRateList "
        "SalesTaxRateList:TaxRateList SyncToken:text TaxCodeConfigType:GTMConfigTypeEnum "
        "TaxCodeEx:anything TaxGroup:flag Taxable:flag"
    ),
    "TaxLineDetail": (
        "NetAmountTaxable:number OverrideDeltaAmount:number PercentBased:flag ServiceDate:day "
        "TaxInclusiveAmount:number TaxLineDetailEx:anything TaxPercent:number TaxRateRef:ReferenceType"
    ),
    "TaxPrefs": (
        "HideTaxManagement:flag NonTaxableSalesTaxCodeRef:ReferenceType PartnerTaxEnabled:flag "
        "PaySalesTax:PaySalesTaxEnum TaxGroupCodeRef:ReferenceType TaxRateRef:ReferenceType "
        "TaxableSalesTaxCodeRef:ReferenceType UsingSalesTax:flag"
    ),
    "TaxRate": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AgencyRef:ReferenceType "
        "AttachableRef:AttachableRef* CustomField:CustomField* Description:text "
        "DisplayType:TaxRateDisplayTypeEnum EffectiveTaxRate:EffectiveTaxRate* Id:id "
        "MetaData:ModificationMetaData Name:text OriginalTaxRate:ReferenceType RateValue:number "
        "SpecialTaxType:SpecialTaxTypeEnum SyncToken:text TaxRateEx:anything "
        "TaxReturnLineRef:ReferenceType"
    ),
    "TaxRateDetail": (
        "TaxOnTaxOrder:whole TaxOrder:whole TaxRateRef:ReferenceType "
        "TaxTypeApplicable:TaxTypeApplicablityEnum"
    ),
    "TaxRateList": "originatingGroupId:text TaxRateDetail:TaxRateDetail*",
    "TelephoneNumber": (
        "AreaCode:text CountryCode:text Default:flag DeviceType:text ExchangeCode:text Extension:text "
        "FreeFormNumber:text Id:id Tag:text"
    ),
    "Term": (
        "domain:text sparse:flag status:EntityStatusEnum Active:flag AttachableRef:AttachableRef* "
        "CustomField:CustomField* DayOfMonthDue:whole DiscountDayOfMonth:whole DiscountDays:whole "
        "DiscountPercent:number DueDays:whole DueNextMonthDays:whole Id:id MetaData:ModificationMetaData "
        "Name:text SalesTermEx:anything SyncToken:text Type:text"
    ),
    "TimeTrackingPrefs": (
        "BillCustomers:flag DefaultTimeItem:ReferenceType MarkExpensesAsBillable:flag "
        "MarkTimeEntriesBillable:flag ShowBillRateToAll:flag TimeTrackingEnabled:flag UseServices:flag "
        "WorkWeekStartDate:WeekEnum"
    ),
    "TransactionDeliveryInfo": (
        "DeliveryErrorType:DeliveryErrorTypeEnum DeliveryTime:moment DeliveryType:DeliveryTypeEnum"
    ),
    "TxnApprovalInfo": (
        "ApprovalStatus:text ApprovalStatusDetail:text LastChangedByUser:text LastChangedDate:moment"
    ),
    "TxnRetainageDetail": "RetainageAmount:number RetainageOpenBalance:number",
    "TxnTaxDetail": (
        "DefaultTaxCodeRef:ReferenceType TaxLine:Line* TaxReviewStatus:TaxReviewStatusEnum "
        "TotalTax:number TxnTaxCodeRef:ReferenceType UseAutomatedSalesTax:flag"
    ),
    "UOMRef": "UOMSetRef:ReferenceType Unit:text",
    "VendorAndPurchasesPrefs": (
        "AutomaticBillPayment:flag BillableExpenseTracking:flag DaysBillsAreDue:whole "
        "DefaultMarkup:number DefaultMarkupAccount:ReferenceType DefaultTerms:ReferenceType "
        "DiscountAccountRef:ReferenceType EnableBills:flag MsgToVendors:text "
        "POCustomField:CustomFieldDefinition* TPAREnabled:flag TrackingByCustomer:flag "
        "UsingInventory:flag UsingMultiLocationInventory:flag"
    ),
    "VendorBankAccountDetail": (
        "BankAccountName:text BankAccountNumber:text BankBranchIdentifier:text StatementText:text"
    ),
    "WebSiteAddress": "Default:flag Id:id Tag:text URI:text",
}

CHOICES: dict[str, tuple[str, ...]] = {
    "AccountClassificationEnum": ("Asset", "Equity", "Expense", "Liability", "Revenue"),
    "AccountTypeEnum": (
        "Bank",
        "Accounts Receivable",
        "Other Current Asset",
        "Fixed Asset",
        "Other Asset",
        "Accounts Payable",
        "Credit Card",
        "Other Current Liability",
        "Long Term Liability",
        "Equity",
        "Income",
        "Cost of Goods Sold",
        "Expense",
        "Other Income",
        "Other Expense",
        "Non-Posting",
    ),
    "AgencyVerificationStatus": ("MATCHED", "UNMATCHED", "PENDING", "FAILED"),
    "BillableStatusEnum": ("Billable", "NotBillable", "HasBeenBilled"),
    "CCAVSMatchEnum": ("Fail", "NotAvailable", "Pass"),
    "CCPaymentStatusEnum": ("Completed", "Voided", "Unknown"),
    "CCSecurityCodeMatchEnum": ("Fail", "NotAvailable", "Pass"),
    "CCTxnModeEnum": ("CardNotPresent", "CardPresent"),
    "CCTxnTypeEnum": ("Authorization", "Capture", "Charge", "Refund", "VoiceAuthorization"),
    "ContactTypeEnum": ("TelephoneNumber", "EmailAddress", "WebSiteAddress", "GenericContactType"),
    "ConvenienceFeeTypeEnum": ("MANUAL", "AUTO", "PAID", "DISABLED"),
    "CustomFieldTypeEnum": ("StringType", "BooleanType", "NumberType", "DateType"),
    "DeliveryErrorTypeEnum": ("Missing Info", "Undeliverable", "Delivery Server Down", "Bounced Email"),
    "DeliveryTypeEnum": ("Email", "Tradeshift"),
    "ETransactionEnabledStatusEnum": ("Enabled", "NotApplicable"),
    "ETransactionStatusEnum": (
        "Sent",
        "Viewed",
        "Paid",
        "Delivery Error",
        "Updated",
        "Error",
        "Accepted",
        "Rejected",
        "Sent With ICN Error",
        "Delivered",
        "Disputed",
    ),
    "EmailStatusEnum": ("NotSet", "NeedToSend", "EmailSent"),
    "EntityStatusEnum": ("Deleted", "Voided", "Draft", "Pending", "InTransit", "Synchronized", "SyncError"),
    "EntityTypeEnum": ("Customer", "Employee", "Job", "Other", "Vendor"),
    "FifoCalculationStatus": ("None", "InProgress", "Completed", "Error"),
    "FinancingProductTypeEnum": ("GET_PAID_UPFRONT",),
    "GTMConfigTypeEnum": ("SYSTEM_GENERATED", "USER_DEFINED", "SCRA_DEFINED", "HIDDEN_AGENCY"),
    "GlobalTaxCalculationEnum": ("TaxInclusive", "TaxExcluded", "NotApplicable"),
    "ItemTypeEnum": (
        "Assembly",
        "Category",
        "Fixed Asset",
        "Group",
        "Inventory",
        "NonInventory",
        "Other Charge",
        "Payment",
        "Service",
        "Subtotal",
        "Discount",
        "Tax",
        "Tax Group",
        "Bundle",
    ),
    "JobStatusEnum": ("Awarded", "Closed", "InProgress", "None", "NotAwarded", "Pending"),
    "LineDetailTypeEnum": (
        "PaymentLineDetail",
        "DiscountLineDetail",
        "TaxLineDetail",
        "SalesItemLineDetail",
        "ItemBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail",
        "DepositLineDetail",
        "PurchaseOrderItemLineDetail",
        "ItemReceiptLineDetail",
        "JournalEntryLineDetail",
        "GroupLineDetail",
        "DescriptionOnly",
        "SubTotalLineDetail",
        "SalesOrderItemLineDetail",
        "TDSLineDetail",
        "ReimburseLineDetail",
        "ItemAdjustmentLineDetail",
    ),
    "MonthEnum": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "PaySalesTaxEnum": ("Annually", "Monthly", "Quarterly"),
    "PaymentExtendedTypeEnum": ("Prepayment",),
    "PaymentTypeEnum": ("Cash", "Check", "CreditCard", "Expense", "Other"),
    "PostingTypeEnum": ("Credit", "Debit"),
    "PrintStatusEnum": ("NotSet", "NeedToPrint", "PrintComplete"),
    "ReportBasisEnum": ("Accrual", "Cash"),
    "SpecialItemTypeEnum": ("FinanceCharge", "ReimbursableExpenseGroup", "ReimbursableExpenseSubtotal"),
    "SpecialTaxTypeEnum": ("NONE", "ZERO_RATE", "FOREIGN_TAX", "REVERSE_CHARGE", "ADJUSTMENT_RATE"),
    "SubscriptionPaymentsSettingEnum": ("SALE_TERM",),
    "TaxApplicableOnEnum": ("Purchase", "Sales"),
    "TaxRateDisplayTypeEnum": ("ReadOnly", "HideInTransactionForms", "HideInPrintedForms", "HideInAll"),
    "TaxReviewStatusEnum": ("NON_AST_TAX", "AST_TAX_OVERRIDE"),
    "TaxTypeApplicablityEnum": ("TaxOnAmount", "TaxOnAmountPlusTax", "TaxOnTax"),
    "TxnSubTypeEnum": (
        "InvoiceTax",
        "InvoiceRetail",
        "JournalTaxAdjustment",
        "ProjectCostEstimate",
        "EmployeeReimbursableExpense",
        "EmployeeReimbursableExpensePayment",
        "RetainageRelease",
    ),
    "TxnTypeEnum": (
        "APCreditCard",
        "ARRefundCreditCard",
        "Bill",
        "BillPaymentCheck",
        "BuildAssembly",
        "CarryOver",
        "CashPurchase",
        "Charge",
        "Check",
        "CreditCardPayment",
        "CreditMemo",
        "Deposit",
        "EFPLiabilityCheck",
        "EFTBillPayment",
        "EFTRefund",
        "Estimate",
        "InventoryAdjustment",
        "InventoryTransfer",
        "Invoice",
        "ItemReceipt",
        "JournalEntry",
        "LiabilityAdjustment",
        "Paycheck",
        "PayrollLiabilityCheck",
        "PurchaseOrder",
        "PriorPayment",
        "ReceivePayment",
        "RefundCheck",
        "ReimburseCharge",
        "SalesOrder",
        "SalesReceipt",
        "SalesTaxPaymentCheck",
        "Transfer",
        "TimeActivity",
        "VendorCredit",
        "VendorPrepayment",
        "YTDAdjustment",
    ),
    "UOMFeatureTypeEnum": ("Disabled", "SinglePerItem", "MultiplePerItem"),
    "WeekEnum": ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
}
